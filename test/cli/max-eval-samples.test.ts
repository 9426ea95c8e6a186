import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import test from 'ava';
import { readExamples } from '../../src/data/read-examples.js';
import { sample } from '../../src/data/sample.js';
import { squadMetrics } from '../../src/evaluate/metrics.js';
import { qaNative, temporaryFolder, writeTinyConfig } from './run.js';

const folder = temporaryFolder();
const tiny = ['--dataset', 'sample', '--config-name', writeTinyConfig(folder)];
const few = ['--max-train-samples', '20', '--max-steps', '2', '--logging-steps', '1'];
const examples = readExamples(sample.validationFile).then(({ examples: all }) => all);

const read = (dir: string, name: string): unknown => JSON.parse(readFileSync(join(dir, name), 'utf8'));
const predictionsOf = (dir: string) => read(dir, 'predictions.json') as Readonly<Record<string, string>>;
const idsOf = (dir: string) => Object.keys(predictionsOf(dir));
const firstIds = async (count?: number) => (await examples).slice(0, count).map(({ id }) => id);

test('a run with --max-eval-samples is scored on the first questions, on its way and at its end', async (t) => {
  const dir = join(folder, 'run');
  const onTheWay = ['--eval-strategy', 'steps', '--eval-steps', '2'];
  const trained = await qaNative(
    ...['train', 'bert-mini', ...tiny, ...few, ...onTheWay, '--max-eval-samples', '7', '--output-dir', dir],
  );
  t.is(trained.code, 0, trained.stderr);
  t.regex(trained.stdout, /^Post-processing 7 example predictions split into 7 features\.$/m);
  t.deepEqual(idsOf(dir), await firstIds(7));
  const { exact_match, f1 } = squadMetrics(predictionsOf(dir), (await examples).slice(0, 7));
  t.deepEqual(read(dir, 'eval_results.json'), { exact_match, f1 });
  const [line] = readFileSync(join(dir, 'eval_log.jsonl'), 'utf8').split('\n');
  t.like(JSON.parse(line), { step: 2, exact_match, f1 });

  const evaluate = async (name: string, ...flags: string[]) => {
    const outputDir = join(folder, name);
    const { code, stderr } = await qaNative('eval', '--model-dir', dir, ...flags, '--output-dir', outputDir);
    t.is(code, 0, stderr);
    return idsOf(outputDir);
  };
  t.deepEqual(await evaluate('as-it-was'), await firstIds(7), "the run's own questions");
  t.deepEqual(await evaluate('fewer', '--max-eval-samples', '3'), await firstIds(3));
  const named = ['--validation-file', sample.validationFile];
  t.deepEqual(await evaluate('all', ...named), await firstIds(), 'a file that is named is whole');
  t.deepEqual(await evaluate('more', ...named, '--max-eval-samples', '1000000'), await firstIds());

  const output = ['--output', join(folder, 'report.html')];
  const report = await qaNative('report', dir, ...output);
  t.is(report.code, 0, report.stderr);
  const others = await qaNative('report', dir, '--max-eval-samples', '3', ...output);
  t.is(others.code, 1);
  t.regex(
    others.stderr,
    /each of the 3 questions .* 0 are missing of 7 that it has; .* any --max-eval-samples/,
  );
});

test('reproduce takes --max-eval-samples, and counts it as a smaller run', async (t) => {
  const dir = join(folder, 'reproduced');
  const args = [
    'reproduce',
    ...tiny,
    '--models',
    'bert-mini',
    ...few,
    '--max-eval-samples',
    '5',
    '--no-experiments',
  ];
  const { code, stdout, stderr } = await qaNative(...args, '--output-dir', dir);
  t.is(code, 0, stderr);
  t.regex(stdout, /A smaller run than the notebook's: .*\b5 validation questions/);
  t.deepEqual(idsOf(join(dir, 'bert-mini', 'seed-42')), await firstIds(5));
});

test('a run that goes on is scored on what its flags say now', async (t) => {
  const dir = join(folder, 'goes-on');
  const args = ['train', 'bert-mini', ...tiny, ...few, '--save-steps', '1', '--output-dir', dir];
  const first = await qaNative(...args, '--max-eval-samples', '4');
  t.is(first.code, 0, first.stderr);
  const checkpoint = ['--resume-from-checkpoint', join(dir, 'checkpoint-1')];
  for (const [limit, wanted] of [
    [['--max-eval-samples', '6'], 6],
    [[], undefined],
  ] as const) {
    const again = join(folder, `goes-on-${wanted ?? 'all'}`);
    const { code, stderr } = await qaNative(...args, ...checkpoint, ...limit, '--output-dir', again);
    t.is(code, 0, stderr);
    const { code: evaluated } = await qaNative('eval', '--model-dir', again);
    t.is(evaluated, 0);
    t.deepEqual(idsOf(again), await firstIds(wanted));
  }
});
