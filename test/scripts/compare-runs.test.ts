import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import test from 'ava';
import { compareRuns } from '../../scripts/compare-runs.js';
import { writeSafetensors } from '../../src/formats/safetensors.js';

const steps = [
  { step: 1, epoch: 0.5, loss: 2.25, grad_norm: 1.5, learning_rate: 3e-5 },
  { step: 2, epoch: 1, loss: 2.125, grad_norm: 1.25, learning_rate: 1.5e-5 },
];
const weights = [1, -0.5, 0];
const predictions = { a: 'red', b: '' };
const score = { exact_match: 50, f1: 62.5 };

/** One bit away from `value`. */
function nextDouble(value: number): number {
  const bits = new BigInt64Array(Float64Array.of(value).buffer);
  bits[0] += 1n;
  return new Float64Array(bits.buffer)[0];
}

interface Run {
  readonly steps: typeof steps;
  readonly weights: readonly number[];
  readonly predictions: Record<string, string>;
  readonly score: typeof score;
}
const reference: Run = { steps, weights, predictions, score };

async function writeRun(run: Run): Promise<string> {
  const folder = await mkdtemp(join(tmpdir(), 'compare-runs-'));
  await writeFile(
    join(folder, 'train_log.jsonl'),
    run.steps.map((line) => `${JSON.stringify(line)}\n`).join(''),
  );
  const data = Float32Array.from(run.weights);
  await writeSafetensors(join(folder, 'model.safetensors'), new Map([['w', { shape: [data.length], data }]]));
  await writeFile(join(folder, 'predictions.json'), JSON.stringify(run.predictions));
  await writeFile(join(folder, 'eval_results.json'), JSON.stringify(run.score));
  return folder;
}

async function compare(changes: Partial<Run>) {
  const folders = await Promise.all([writeRun({ ...reference, ...changes }), writeRun(reference)]);
  try {
    return await compareRuns(...folders);
  } finally {
    await Promise.all(folders.map((folder) => rm(folder, { recursive: true })));
  }
}

test('equal runs are counted', async (t) => {
  t.deepEqual(await compare({}), { same: true, steps: 2, weights: 3, predictions: 2 });
});

for (const [what, changes, difference] of [
  [
    'the last bit of a loss',
    { steps: [steps[0], { ...steps[1], loss: nextDouble(2.125) }] },
    /^step 2: loss/,
  ],
  [
    'a learning rate',
    { steps: [{ ...steps[0], learning_rate: 0 }, steps[1]] },
    /^step 1: learning_rate is 0/,
  ],
  ['a missing step', { steps: [steps[0]] }, /^step 2 is missing/],
  ['a step too many', { steps: [...steps, { ...steps[1], step: 3 }] }, /^3 steps were logged, by Python 2/],
  ['a weight', { weights: [1, -0.5, 2 ** -149] }, /^weights: w differs, first at 2/],
  ["a weight's sign of zero", { weights: [1, -0.5, -0] }, /^weights: w differs, first at 2/],
  ['a shape', { weights: [1, -0.5] }, /^weights: w has the shape \[2\]/],
  ['an answer', { predictions: { a: 'red', b: 'blue' } }, /^predictions.json: b is "blue", Python's ""/],
  ['an answer too many', { predictions: { ...predictions, c: '' } }, /^predictions.json has 3 entries/],
  ['a score', { score: { ...score, f1: nextDouble(62.5) } }, /^eval_results.json: f1/],
] as [string, Partial<Run>, RegExp][]) {
  test(`${what} is found`, async (t) => {
    const result = await compare(changes);
    t.false(result.same);
    t.regex(result.same ? '' : result.difference, difference);
  });
}
