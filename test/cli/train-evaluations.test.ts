import { spawn } from 'node:child_process';
import { existsSync, readFileSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import test from 'ava';
import { sample } from '../../src/data/sample.js';
import { readTfRecords } from '../formats/read-tfrecords.js';
import { bin, qaNative, temporaryFolder, writeFewQuestions, writeTinyConfig } from './run.js';

const folder = temporaryFolder();

const steps = 24;
const plain = [
  ...['--dataset', 'sample', '--config-name', writeTinyConfig(folder), '--max-train-samples', '100'],
  '--no-eval',
];
const few = ['--validation-file', writeFewQuestions(folder)];
const train = (dir: string, ...more: readonly string[]) => [
  ...['train', 'bert-mini', ...plain, ...few, '--output-dir', dir],
  ...more,
];
const rate = ['--learning-rate', '3e-3'];
const evaluated = [
  ...rate,
  '--eval-strategy',
  'steps',
  '--eval-steps',
  '5',
  '--max-steps',
  String(steps),
  '--save-steps',
  '2',
];

/** Starts a run, sends a signal once a log has so many lines, and gives the exit code and what was said. */
async function stopAt(log: string, count: number, signal: NodeJS.Signals, args: readonly string[]) {
  const child = spawn(process.execPath, [bin, ...args], { stdio: ['ignore', 'ignore', 'pipe'] });
  let stderr = '';
  child.stderr.on('data', (chunk: Buffer) => (stderr += chunk.toString()));
  const ended = new Promise<number | null>((resolve) => child.on('close', resolve));
  const has = () => readFileSync(log, 'utf8').split('\n').length - 1 >= count;
  while (!(existsSync(log) && has()) && child.exitCode === null) await sleep(1);
  child.kill(signal);
  return { code: await ended, stderr };
}

const read = (...path: string[]) => readFileSync(join(...path)).toString('hex');
const lines = (...path: string[]) =>
  readFileSync(join(...path), 'utf8')
    .split('\n')
    .slice(0, -1)
    .map((line) => JSON.parse(line) as Record<string, number>);

const whole = join(folder, 'whole');
test.before(async (t) => {
  const more = ['--load-best-model-at-end', '--report-to', 'tensorboard'];
  const { code, stderr } = await qaNative(...train(whole, ...evaluated, ...more));
  t.is(code, 0, stderr);
});

test('evaluations on the way leave the training as it is', async (t) => {
  const dir = join(folder, 'plain');
  const { code, stderr } = await qaNative(...train(dir, ...rate, '--max-steps', String(steps)));
  t.is(code, 0, stderr);
  t.is(read(dir, 'train_log.jsonl'), read(whole, 'train_log.jsonl'));
});

test('every evaluation is logged, and the model is the best one', (t) => {
  const log = lines(whole, 'eval_log.jsonl');
  t.deepEqual(
    log.map(({ step }) => step),
    [5, 10, 15, 20],
  );
  t.deepEqual(Object.keys(log[0]), ['step', 'epoch', 'exact_match', 'f1']);
  const best = log.reduce((most, line) => (line['f1'] > most['f1'] ? line : most));
  t.is(read(whole, 'model.safetensors'), read(whole, `best-model-${best['step']}`, 'model.safetensors'));
  t.deepEqual(
    readdirSync(whole).filter((name) => name.startsWith('best-model')),
    [`best-model-${best['step']}`],
  );
});

test('TensorBoard gets a record a step and one an evaluation', (t) => {
  const dir = join(whole, 'tensorboard');
  const [file, ...others] = readdirSync(dir);
  t.deepEqual(others, []);
  // Two at the start: the version, and where the run begins.
  t.is(readTfRecords(readFileSync(join(dir, file))).length, 2 + steps + 4);
});

test('a run that was killed evaluates each step once, and comes to the same model', async (t) => {
  const dir = join(folder, 'killed');
  const args = train(dir, ...evaluated, '--load-best-model-at-end');
  await stopAt(join(dir, 'eval_log.jsonl'), 2, 'SIGKILL', args);
  const { code, stderr } = await qaNative(...args, '--resume-from-checkpoint');
  t.is(code, 0, stderr);
  for (const name of ['train_log.jsonl', 'eval_log.jsonl', 'model.safetensors']) {
    t.is(read(dir, name), read(whole, name), name);
  }
});

test('a signal cuts an evaluation, which the run that goes on does again', async (t) => {
  // All of the sample, so that it lasts longer than a signal takes.
  const long = ['--validation-file', sample.trainFile, '--eval-strategy', 'steps', '--eval-steps', '5'];
  const [dir, undisturbed] = [join(folder, 'cut'), join(folder, 'undisturbed')];
  const args = (to: string) => [
    'train',
    'bert-mini',
    ...plain,
    ...long,
    '--max-steps',
    '6',
    '--output-dir',
    to,
  ];
  t.is((await qaNative(...args(undisturbed))).code, 0);
  t.is((await stopAt(join(dir, 'train_log.jsonl'), 5, 'SIGTERM', args(dir))).code, 143);
  t.deepEqual(
    readdirSync(dir).filter((name) => name.startsWith('checkpoint')),
    ['checkpoint-5'],
  );
  t.is(readFileSync(join(dir, 'eval_log.jsonl'), 'utf8'), '');
  t.is((await qaNative(...args(dir), '--resume-from-checkpoint')).code, 0);
  for (const name of ['train_log.jsonl', 'eval_log.jsonl', 'model.safetensors']) {
    t.is(read(dir, name), read(undisturbed, name), name);
  }
});

test('a signal in the last evaluation leaves a whole model, and says how to score it', async (t) => {
  const dir = join(folder, 'last');
  const args = ['--dataset', 'sample', '--config-name', writeTinyConfig(folder), '--max-steps', '1'];
  const long = ['--validation-file', sample.trainFile, '--output-dir', dir];
  const { code, stderr } = await stopAt(join(dir, 'train_results.json'), 1, 'SIGTERM', [
    ...['train', 'bert-mini', ...args, ...long],
  ]);
  t.is(code, 143);
  t.is(
    stderr,
    `\nqa-native: SIGTERM: the model in ${dir} is whole, score it with: ` +
      `npx qa-native eval --model-dir ${dir} --validation-file ${sample.trainFile}\n`,
  );
  t.true(existsSync(join(dir, 'model.safetensors')));
});

test('an epoch of which a part is run is evaluated at its end, also where it was killed on the way', async (t) => {
  const [dir, killed] = [join(folder, 'part'), join(folder, 'part-killed')];
  const more = [
    ...['--eval-strategy', 'epoch', '--num-train-epochs', '1.5', '--save-steps', '2'],
    ...['--warmup-steps', '0', ...rate],
  ];
  const { code, stderr } = await qaNative(...train(dir, ...more));
  t.is(code, 0, stderr);
  const log = lines(dir, 'train_log.jsonl');
  const stepsPerEpoch = 1 / log[0]['epoch'];
  t.is(log.length, Math.ceil(1.5 * stepsPerEpoch));
  t.deepEqual(
    lines(dir, 'eval_log.jsonl').map(({ step }) => step),
    [stepsPerEpoch, log.length],
  );
  // The schedule spans the part, too: its last step has the last rate above 0.
  const last = log.at(-1)?.['learning_rate'] ?? NaN;
  t.true(Math.abs(last - 3e-3 / log.length) < 1e-15, String(last));
  await stopAt(join(killed, 'train_log.jsonl'), stepsPerEpoch + 2, 'SIGKILL', train(killed, ...more));
  t.is((await qaNative(...train(killed, ...more, '--resume-from-checkpoint'))).code, 0);
  for (const name of ['train_log.jsonl', 'eval_log.jsonl', 'model.safetensors']) {
    t.is(read(killed, name), read(dir, name), name);
  }
});

test('where no evaluation was due, there is no best model, and that is said', async (t) => {
  const more = [
    '--eval-strategy',
    'steps',
    '--eval-steps',
    '9',
    '--load-best-model-at-end',
    '--max-steps',
    '3',
  ];
  const { code, stdout, stderr } = await qaNative(...train(join(folder, 'none-due'), ...more));
  t.is(code, 0, stderr);
  t.regex(
    stdout,
    /^The model is the last one, as no evaluated one is there after 3 steps; give fewer --eval-steps\.$/m,
  );
});

test('training ends when evaluations bring nothing better', async (t) => {
  const dir = join(folder, 'hopeless');
  const more = ['--eval-strategy', 'epoch', '--num-train-epochs', '9', '--early-stopping-patience', '2'];
  const { code, stdout, stderr } = await qaNative(...train(dir, ...more, '--learning-rate', '0'));
  t.is(code, 0, stderr);
  // Nothing is learnt: the first epoch is the best, and two more are given it.
  t.is(lines(dir, 'eval_log.jsonl').length, 3);
  t.is(lines(dir, 'train_log.jsonl').at(-1)?.['epoch'], 3);
  t.regex(stdout, /Ends after step \d+: the last evaluations brought nothing better/);
});

test('flags that need evaluations on the way say so', async (t) => {
  for (const [flags, expected] of [
    [['--load-best-model-at-end'], /--eval-strategy steps or epoch/],
    [['--early-stopping-patience', '1'], /--eval-strategy steps or epoch/],
    [['--eval-strategy', 'often'], /eval-strategy/],
    [['--eval-strategy', 'steps', '--eval-steps', '0'], /--eval-steps to be a whole number of 1 or more/],
  ] as const) {
    const { code, stderr } = await qaNative(...train(join(folder, 'none'), ...flags));
    t.is(code, 2, stderr);
    t.regex(stderr, expected);
  }
});
