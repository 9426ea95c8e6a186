import { createHash } from 'node:crypto';
import { appendFileSync, copyFileSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join, relative, resolve, sep } from 'node:path';
import test from 'ava';
import type { RunRecord } from '../../src/cli/read-run-record.js';
import { completeArgs, type GivenTrainArgs } from '../../src/cli/run-record.js';
import { sample } from '../../src/data/sample.js';
import { qaNative, temporaryFolder, writeTinyConfig } from './run.js';

const folder = temporaryFolder();
const config = writeTinyConfig(folder);
const trainFile = join(folder, 'train.json');
copyFileSync(sample.trainFile, trainFile);

const first = join(folder, 'first');
test.before(async (t) => {
  const flags = [
    ...['--dataset', 'sample', '--config-name', relative(process.cwd(), config), '--train-file', trainFile],
    ...['--max-train-samples', '20', '--max-steps', '3', '--batch-size', '4', '--seed', '7', '--no-eval'],
    ...['--lr-scheduler-type', 'cosine', '--threads', '1', '--device', 'cpu'],
  ];
  const { code, stderr } = await qaNative('train', 'bert-mini', ...flags, '--output-dir', first);
  t.is(code, 0, stderr);
});

const record = (dir: string) => JSON.parse(readFileSync(join(dir, 'run.json'), 'utf8')) as RunRecord;
const bits = (dir: string) =>
  ['train_log.jsonl', 'model.safetensors'].map((name) => readFileSync(join(dir, name)).toString('hex'));

test.serial('run.json holds what a run had', (t) => {
  const { versions, flags, sha256 } = record(first);
  t.is(versions.node, process.versions.node);
  t.is(sha256['train file'], createHash('sha256').update(readFileSync(trainFile)).digest('hex'));
  t.regex(sha256['weights'], /^[0-9a-f]{64}$/);
  t.is(flags['configName'], config);
  const expected = { model: 'bert-mini', seed: 7, eval: false, device: 'cpu', threads: 1, docStride: 32 };
  for (const [name, value] of Object.entries(expected)) t.is(flags[name], value, name);
  t.is(flags['perDeviceTrainBatchSize'], 4);
  t.is(flags['outputDir'], undefined);
});

test.serial('--from-run does it again, beside it, to the same bits', async (t) => {
  const { code, stderr } = await qaNative('train', '--from-run', first);
  t.is(code, 0, stderr);
  t.deepEqual(bits(`${first}-again`), bits(first));
  t.deepEqual(record(`${first}-again`), record(first));
});

test.serial('a run that is done again from its own folder goes beside that, not into it', async (t) => {
  const before = process.cwd();
  for (const [cwd, fromRun] of [
    [first, '.'],
    [first, `..${sep}first${sep}`],
    [join(first, 'tensorboard'), '..'],
  ] as const) {
    mkdirSync(cwd, { recursive: true });
    process.chdir(cwd);
    const { args } = await completeArgs({ fromRun } as GivenTrainArgs);
    t.is(resolve(args.outputDir ?? ''), `${first}-again`);
  }
  process.chdir(before);
});

test.serial('a flag beside --from-run goes before that of the run', async (t) => {
  const dir = join(folder, 'other-seed');
  const { code, stderr } = await qaNative('train', '--from-run', first, '--seed', '42', '--output-dir', dir);
  t.is(code, 0, stderr);
  t.is(record(dir).flags['seed'], 42);
  t.not(record(dir).sha256['weights'], record(first).sha256['weights']);
});

test.serial(
  'epochs and a warmup ratio go before the steps of the data set and of the run before',
  async (t) => {
    const dir = join(folder, 'epochs');
    const flags = ['--num-train-epochs', '0.5', '--warmup-ratio', '0.25', '--no-eval', '--output-dir', dir];
    const expected = { numTrainEpochs: 0.5, maxSteps: -1, warmupRatio: 0.25, warmupSteps: 0 };
    for (const start of [
      ['--from-run', first],
      ['bert-mini', '--dataset', 'sample', '--config-name', config, '--max-train-samples', '20'],
    ]) {
      const { code, stderr } = await qaNative('train', ...start, ...flags);
      t.is(code, 0, stderr);
      t.like(record(dir).flags, expected);
    }
  },
);

test.serial('a file that has changed since is named', async (t) => {
  appendFileSync(trainFile, ' ');
  const { code, stderr } = await qaNative(
    'train',
    '--from-run',
    first,
    '--output-dir',
    join(folder, 'changed'),
  );
  t.is(code, 1);
  t.regex(stderr, /Expected the train file that the run of --from-run had, got another SHA-256/);
  // A flag excuses what it names, nothing else.
  const again = ['train', '--from-run', first, '--output-dir', join(folder, 'changed')];
  t.is((await qaNative(...again, '--logging-steps', '1')).code, 1);
  const named = await qaNative(...again, '--train-file', trainFile);
  t.is(named.code, 0, named.stderr);
});

test.serial('a start or a tokenizer beside --from-run goes before what that run had for it', async (t) => {
  const folders = [join(folder, 'other-start'), join(folder, 'other-tokenizer')];
  for (const [index, flag] of ['--model-name-or-path', '--tokenizer-name'].entries()) {
    const again = ['train', '--from-run', first, '--train-file', trainFile, '--output-dir', folders[index]];
    const { code, stderr } = await qaNative(...again, flag, first);
    t.is(code, 0, stderr);
  }
});

test.serial('a data set beside --from-run goes before the files of that run', async (t) => {
  const dir = join(folder, 'other-data');
  const again = ['train', '--from-run', first, '--dataset', 'sample', '--output-dir', dir];
  const { code, stderr } = await qaNative(...again);
  t.is(code, 0, stderr);
  t.is(record(dir).flags['trainFile'], undefined);
  t.is(
    record(dir).sha256['train file'],
    createHash('sha256').update(readFileSync(sample.trainFile)).digest('hex'),
  );
});

const damages: readonly (readonly [name: string, damage: (text: string) => string, message: RegExp])[] = [
  ['cut', (text) => text.slice(0, 100), /could not be read \(.*JSON.*\); give the --output-dir of a run/],
  ['without hashes', (text) => text.replace('"sha256"', '"sha257"'), /it lacks flags, sha256 or versions/],
  [
    'of another schedule',
    (text) => text.replace('"cosine"', '"cosind"'),
    /got "lrSchedulerType" with "cosind"/,
  ],
  ['of a flag that is none', (text) => text.replace('"seed"', '"seee"'), /got "seee" with 7/],
  ['of a text for a number', (text) => text.replace('"seed": 7', '"seed": "7"'), /got "seed" with "7"/],
];
for (const [name, damage, message] of damages) {
  test.serial(`a run.json ${name} is refused in one sentence`, async (t) => {
    const dir = join(folder, `run.json ${name}`);
    mkdirSync(dir);
    writeFileSync(join(dir, 'run.json'), damage(readFileSync(join(first, 'run.json'), 'utf8')));
    const { code, stderr } = await qaNative('train', '--from-run', dir);
    t.is(code, 1);
    t.regex(stderr, /^qa-native: [^\n]+\.\n$/);
    t.regex(stderr, message);
  });
}

test.serial('without a model or a run there is nothing to train', async (t) => {
  const neither = await qaNative('train', '--dataset', 'sample');
  t.is(neither.code, 2);
  t.regex(neither.stderr, /Expected a model or --from-run/);
  const nowhere = await qaNative('train', '--from-run', join(folder, 'nowhere'));
  t.is(nowhere.code, 1);
  t.regex(nowhere.stderr, /run\.json, but it could not be read/);
});
