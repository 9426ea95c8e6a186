import { existsSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { readSafetensors } from '../src/formats/safetensors.js';

/** What two output folders of a training have in common, or the first thing in which they differ. */
export type RunComparison =
  | {
      readonly same: true;
      readonly steps: number;
      readonly weights: number;
      readonly predictions: number | null;
    }
  | { readonly same: false; readonly difference: string };

const loggedNumbers = ['step', 'epoch', 'loss', 'grad_norm', 'learning_rate'] as const;

/**
 * Compares `actual` with `expected`: every number of train_log.jsonl by ===, every weight of model.safetensors by its
 * bits, and, where `expected` was evaluated, every predicted text and the score.
 */
export async function compareRuns(actual: string, expected: string): Promise<RunComparison> {
  const steps = await compareLogs(join(actual, 'train_log.jsonl'), join(expected, 'train_log.jsonl'));
  if (typeof steps === 'string') return { same: false, difference: steps };
  const weights = await compareWeights(
    join(actual, 'model.safetensors'),
    join(expected, 'model.safetensors'),
  );
  if (typeof weights === 'string') return { same: false, difference: weights };
  if (!existsSync(join(expected, 'predictions.json')))
    return { same: true, steps, weights, predictions: null };

  const predictions = await compareEntries(actual, expected, 'predictions.json');
  if (typeof predictions === 'string') return { same: false, difference: predictions };
  const score = await compareEntries(actual, expected, 'eval_results.json', ['exact_match', 'f1']);
  if (typeof score === 'string') return { same: false, difference: score };
  return { same: true, steps, weights, predictions };
}

/** The number of steps, or what differs first. */
async function compareLogs(actual: string, expected: string): Promise<number | string> {
  const [here, there] = await Promise.all([readLog(actual), readLog(expected)]);
  for (const [index, line] of there.entries()) {
    const mine = here.at(index);
    if (mine === undefined) return `step ${index + 1} is missing: the log ends after ${here.length} steps`;
    for (const name of loggedNumbers) {
      if (mine[name] !== line[name]) {
        return `step ${index + 1}: ${name} is ${String(mine[name])}, Python's ${String(line[name])}`;
      }
    }
  }
  if (here.length > there.length) return `${here.length} steps were logged, by Python ${there.length}`;
  return there.length;
}

async function readLog(path: string): Promise<Record<string, number>[]> {
  const lines = (await readFile(path, 'utf8')).split('\n');
  return lines.filter((line) => line !== '').map((line) => JSON.parse(line) as Record<string, number>);
}

/** The number of weights, or what differs first. */
async function compareWeights(actual: string, expected: string): Promise<number | string> {
  const [here, there] = await Promise.all([readSafetensors(actual), readSafetensors(expected)]);
  const extra = [...here.keys()].find((name) => !there.has(name));
  if (extra !== undefined) return `weights: ${extra} is unknown to Python's model`;
  let count = 0;
  for (const [name, { shape, data }] of there) {
    const mine = here.get(name);
    if (mine === undefined) return `weights: ${name} is missing`;
    if (mine.shape.join() !== shape.join()) {
      return `weights: ${name} has the shape [${mine.shape.join(', ')}], Python's [${shape.join(', ')}]`;
    }
    if (!Buffer.from(bytesOf(mine.data)).equals(bytesOf(data))) {
      const at = data.findIndex(
        (value: number | bigint, index: number) => !Object.is(value, mine.data[index]),
      );
      return `weights: ${name} differs, first at ${at}: ${String(mine.data[at])}, Python's ${String(data[at])}`;
    }
    count += data.length;
  }
  return count;
}

function bytesOf(data: Float32Array | BigInt64Array): Uint8Array {
  return new Uint8Array(data.buffer, data.byteOffset, data.byteLength);
}

/** Compares a JSON object entry by entry; the number of entries, or what differs first. */
async function compareEntries(
  actual: string,
  expected: string,
  file: string,
  names?: readonly string[],
): Promise<number | string> {
  const read = async (folder: string) =>
    JSON.parse(await readFile(join(folder, file), 'utf8')) as Record<string, unknown>;
  const [here, there] = await Promise.all([read(actual), read(expected)]);
  const compared = names ?? Object.keys(there);
  for (const name of compared) {
    if (here[name] !== there[name]) {
      return `${file}: ${name} is ${JSON.stringify(here[name])}, Python's ${JSON.stringify(there[name])}`;
    }
  }
  if (names === undefined && Object.keys(here).length > compared.length) {
    return `${file} has ${Object.keys(here).length} entries, Python's ${compared.length}`;
  }
  return compared.length;
}
