import { spawn } from 'node:child_process';
import {
  cpSync,
  existsSync,
  readFileSync,
  readdirSync,
  rmSync,
  symlinkSync,
  truncateSync,
  writeFileSync,
} from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import test from 'ava';
import { resumeCommand } from '../../src/cli/resume.js';
import { bin, qaNative, temporaryFolder, writeFewQuestions, writeTinyConfig, type Result } from './run.js';

// Runs that are stopped in every way go on to the bits of one that never was.

const folder = temporaryFolder();
const steps = 60;
const flags = [
  ...['--dataset', 'sample', '--config-name', writeTinyConfig(folder), '--max-train-samples', '100'],
  ...['--max-steps', String(steps), '--save-steps', '2', '--no-eval'],
];
const train = (dir: string, ...more: readonly string[]) => [
  'train',
  'bert-mini',
  ...flags,
  '--output-dir',
  dir,
  ...more,
];
const bitsOf = (dir: string) =>
  ['model.safetensors', 'train_log.jsonl'].map((name) => readFileSync(join(dir, name)).toString('hex'));

/** The checkpoint that a stopped run names. */
const savedIn = (stderr: string) => /saved in (\S+);/.exec(stderr)?.[1] ?? '';

const whole = join(folder, 'whole');
test.before(async (t) => {
  const { code, stderr } = await qaNative(...train(whole));
  t.is(code, 0, stderr);
});

/** Starts a run and sends a signal once its log has so many lines, and some milliseconds have gone by. */
async function stopAt(
  lines: number,
  signal: NodeJS.Signals,
  args: readonly string[],
  milliseconds = 0,
): Promise<Result> {
  const log = join(args[args.indexOf('--output-dir') + 1], 'train_log.jsonl');
  const child = spawn(process.execPath, [bin, ...args], { stdio: ['ignore', 'pipe', 'pipe'] });
  const output = { stdout: '', stderr: '' };
  child.stdout.on('data', (chunk: Buffer) => (output.stdout += chunk.toString()));
  child.stderr.on('data', (chunk: Buffer) => (output.stderr += chunk.toString()));
  const ended = new Promise<number | null>((resolve) => child.on('close', resolve));
  const count = () => (existsSync(log) ? readFileSync(log, 'utf8').split('\n').length - 1 : 0);
  while (count() < lines && child.exitCode === null) await sleep(1);
  await sleep(milliseconds);
  child.kill(signal);
  return { code: await ended, ...output };
}

for (const [signal, exitCode] of [
  ['SIGHUP', 129],
  ['SIGINT', 130],
  ['SIGTERM', 143],
] as const) {
  test.serial(`${signal} ends a run after its step, saved, with the command that goes on`, async (t) => {
    const dir = join(folder, signal);
    const { code, stderr } = await stopAt(3, signal, train(dir));
    t.is(code, exitCode, stderr);
    const [, step, saved] = /Stopped after step (\d+), which is saved in (\S+);/.exec(stderr) ?? [];
    t.is(saved, join(dir, `checkpoint-${step}`));
    t.true(stderr.includes(`go on with: npx qa-native ${train(dir, '--resume-from-checkpoint').join(' ')}`));
    const resumed = await qaNative(...train(dir, '--resume-from-checkpoint'));
    t.is(resumed.code, 0, resumed.stderr);
    t.regex(resumed.stdout, new RegExp(`Going on from .*checkpoint-${step}\\.`));
    t.deepEqual(bitsOf(dir), bitsOf(whole));
  });
}

test.serial(
  'a run that is killed again and again, also while it saves, comes to the same bits',
  async (t) => {
    const dir = join(folder, 'killed');
    let lines = 5;
    let result = await stopAt(lines, 'SIGKILL', train(dir));
    for (; result.code === null && lines < steps; lines += 11) {
      result = await stopAt(lines, 'SIGKILL', train(dir, '--resume-from-checkpoint'));
    }
    if (result.code === null) result = await qaNative(...train(dir, '--resume-from-checkpoint'));
    t.is(result.code, 0, result.stderr);
    t.deepEqual(bitsOf(dir), bitsOf(whole));
    t.deepEqual(
      readdirSync(dir).filter((name) => name.endsWith('.tmp')),
      [],
    );
  },
);

test.serial('a damaged checkpoint is named and passed over', async (t) => {
  const dir = join(folder, 'damaged');
  const { stderr } = await stopAt(7, 'SIGINT', train(dir));
  const newest = savedIn(stderr);
  const path = join(newest, 'optimizer.safetensors');
  const bytes = readFileSync(path);
  bytes[bytes.length - 1] ^= 1;
  writeFileSync(path, bytes);
  const resumed = await qaNative(...train(dir, '--resume-from-checkpoint'));
  t.is(resumed.code, 0, resumed.stderr);
  t.true(resumed.stderr.includes(`${newest} is passed over: optimizer.safetensors was changed.`));
  t.deepEqual(bitsOf(dir), bitsOf(whole));
});

test.serial('a run that goes on in another folder is recorded there as it began', async (t) => {
  const dir = join(folder, 'moved');
  const { stderr } = await stopAt(3, 'SIGINT', train(join(folder, 'left')));
  const checkpoint = savedIn(stderr);
  const resumed = await qaNative(...train(dir, '--resume-from-checkpoint', checkpoint));
  t.is(resumed.code, 0, resumed.stderr);
  t.deepEqual(bitsOf(dir), bitsOf(whole));
  t.deepEqual(readFileSync(join(dir, 'run.json')), readFileSync(join(folder, 'left', 'run.json')));
});

test.serial('an unfinished run is neither mixed with another nor begun anew unasked', async (t) => {
  const dir = join(folder, 'unfinished');
  await stopAt(3, 'SIGTERM', train(dir));
  const again = await qaNative(...train(dir));
  t.is(again.code, 2);
  t.regex(again.stderr, /without an unfinished run, .*checkpoint-\d+; go on with --resume-from-checkpoint/);
  const other = await qaNative(...train(dir, '--resume-from-checkpoint', '--seed', '7'));
  t.is(other.code, 1);
  t.regex(other.stderr, /Expected to go on as .* got seed 7 instead of 42; give the flags/);
  const fast = await qaNative(...train(dir, '--resume-from-checkpoint', '--fast'));
  t.regex(
    fast.stderr,
    /got kernels \{"fast":true,"bf16":false\} instead of \{"fast":false,"bf16":false\}; give/,
  );
  const anew = await qaNative(...train(dir, '--overwrite-output-dir'));
  t.is(anew.code, 0, anew.stderr);
  t.deepEqual(bitsOf(dir), bitsOf(whole));
  // A run that came to its end is replaced without asking.
  t.is((await qaNative(...train(dir))).code, 0);
});

test.serial('where there is nothing to go on from, that is said', async (t) => {
  const { code, stderr } = await qaNative(...train(join(folder, 'empty'), '--resume-from-checkpoint'));
  t.is(code, 1);
  t.regex(stderr, /Expected a whole checkpoint in .*empty, but there is none/);
});

test.serial('a signal in the last step ends the run, too, with a whole model', async (t) => {
  const dir = join(folder, 'last-step');
  // BERT-mini itself, whose steps of many windows take long enough to hit the second one, and all of the sample to score.
  const args = [
    'train',
    'bert-mini',
    '--dataset',
    'sample',
    '--max-train-samples',
    '64',
    '--batch-size',
    '64',
  ];
  const { code, stderr, stdout } = await stopAt(
    1,
    'SIGINT',
    [...args, '--max-steps', '2', '--output-dir', dir],
    30,
  );
  t.is(code, 130, stderr);
  t.regex(
    stderr,
    /Stopped after the last step; the model in .*last-step is whole, score it with: npx qa-native eval/,
  );
  t.false(stdout.includes('exact_match'));
  t.true(existsSync(join(dir, 'model.safetensors')));
  t.true(existsSync(join(dir, 'train_results.json')));
});

const withBest = [
  ...['--eval-strategy', 'steps', '--eval-steps', '10', '--load-best-model-at-end'],
  ...['--validation-file', writeFewQuestions(folder)],
];

test.serial('the best model comes along to another folder, and is no checkpoint itself', async (t) => {
  const [left, dir] = [join(folder, 'best'), join(folder, 'best-moved')];
  const { stderr } = await stopAt(25, 'SIGINT', train(left, ...withBest));
  const checkpoint = savedIn(stderr);
  const best = readdirSync(left).find((name) => name.startsWith('best-model-')) ?? '';

  const wrong = await qaNative(...train(left, '--resume-from-checkpoint', join(left, best)));
  t.is(wrong.code, 1);
  t.regex(
    wrong.stderr,
    /^qa-native: Expected a whole checkpoint in \S+, but it has no trainer_state\.json; .*\n$/,
  );

  const other = ['--metric-for-best-model', 'exact_match', '--resume-from-checkpoint'];
  const measured = await qaNative(...train(left, ...withBest, ...other));
  t.is(measured.code, 1);
  t.regex(measured.stderr, /got bestBy exact_match every 10 steps on 4 questions .* instead of f1 every 10/);

  const moved = await qaNative(...train(dir, ...withBest, '--resume-from-checkpoint', checkpoint));
  t.is(moved.code, 0, moved.stderr);
  const stayed = await qaNative(...train(left, ...withBest, '--resume-from-checkpoint'));
  t.is(stayed.code, 0, stayed.stderr);
  t.deepEqual(bitsOf(dir), bitsOf(left));
});

test.serial('a run that goes on where another one was leaves nothing of that one', async (t) => {
  const [left, dir] = [join(folder, 'guest'), join(folder, 'host')];
  const { stderr } = await stopAt(25, 'SIGINT', train(left, ...withBest));
  const checkpoint = savedIn(stderr);
  await stopAt(45, 'SIGINT', train(dir, ...withBest, '--seed', '7'));
  const mixed = train(dir, ...withBest, '--resume-from-checkpoint', checkpoint);
  const refused = await qaNative(...mixed);
  t.is(refused.code, 2);
  t.regex(refused.stderr, /without an unfinished run, but there is \S+host\/checkpoint-\d+; go on/);

  const moved = await qaNative(...mixed, '--overwrite-output-dir');
  t.is(moved.code, 0, moved.stderr);
  const stayed = await qaNative(...train(left, ...withBest, '--resume-from-checkpoint'));
  t.is(stayed.code, 0, stayed.stderr);
  t.deepEqual(bitsOf(dir), bitsOf(left));
});

test.serial('a checkpoint is the run’s own, however its folder is spelled', async (t) => {
  const [dir, link] = [join(folder, 'spelled'), join(folder, 'link-to-it')];
  const { stderr } = await stopAt(3, 'SIGINT', train(dir));
  const checkpoint = savedIn(stderr);
  symlinkSync(dir, link);
  const resumed = await qaNative(...train(link, '--resume-from-checkpoint', checkpoint));
  t.is(resumed.code, 0, resumed.stderr);
  t.deepEqual(bitsOf(dir), bitsOf(whole));
});

test.serial('a model stays with its record until that of the next run is whole', async (t) => {
  const dir = join(folder, 'replaced');
  t.is((await qaNative(...train(dir, '--max-steps', '3'))).code, 0);
  const files = ['model.safetensors', 'run.json'] as const;
  const read = () => files.map((name) => readFileSync(join(dir, name)).toString('hex'));
  const before = read();
  await stopAt(3, 'SIGKILL', train(dir, '--seed', '7'));
  t.deepEqual(read(), before);
});

test.serial('two runs do not share a folder', async (t) => {
  const dir = join(folder, 'shared');
  const first = stopAt(30, 'SIGINT', train(dir));
  while (!existsSync(join(dir, 'train_log.jsonl'))) await sleep(1);
  const second = await qaNative(...train(dir, '--seed', '7', '--overwrite-output-dir'));
  t.is(second.code, 1);
  t.regex(
    second.stderr,
    /^qa-native: Expected to train in \S+ alone, but process \d+ does so already; wait for its end, or give another --output-dir\.\n$/,
  );
  t.is((await first).code, 130);
  t.is((await qaNative(...train(dir, '--resume-from-checkpoint'))).code, 0);
  t.deepEqual(bitsOf(dir), bitsOf(whole));
});

test.serial('where the best model is damaged, a run goes on from before it was the best', async (t) => {
  const undisturbed = join(folder, 'best-whole');
  t.is((await qaNative(...train(undisturbed, ...withBest))).code, 0);
  const dir = join(folder, 'best-damaged');
  await stopAt(25, 'SIGINT', train(dir, ...withBest, '--save-total-limit', '30'));
  const best = readdirSync(dir).find((name) => name.startsWith('best-model-')) ?? '';
  truncateSync(join(dir, best, 'model.safetensors'), 99);
  const lost = join(folder, 'best-lost');
  cpSync(dir, lost, { recursive: true });

  const goneBack = await qaNative(...train(dir, ...withBest, '--resume-from-checkpoint'));
  t.is(goneBack.code, 0, goneBack.stderr);
  t.regex(
    goneBack.stderr,
    /checkpoint-2\d is passed over: its best model in \S+ is not whole \(model\.safetensors has 99 bytes/,
  );
  t.deepEqual(bitsOf(dir), bitsOf(undisturbed));

  // Where nothing older is left, it is better to go on than not.
  for (const name of readdirSync(lost)) {
    if (/^checkpoint-1?\d$/.test(name)) rmSync(join(lost, name), { recursive: true });
  }
  const without = await qaNative(...train(lost, ...withBest, '--resume-from-checkpoint'));
  t.is(without.code, 0, without.stderr);
  t.regex(
    without.stderr,
    /checkpoint-2\d is gone on from without what was best: its best model in \S+ is not/,
  );
});

test.serial('a run that goes on with other threads says that the last bits may differ', async (t) => {
  const dir = join(folder, 'threads');
  await stopAt(3, 'SIGINT', train(dir, '--threads', '1'));
  const { code, stderr } = await qaNative(...train(dir, '--threads', '2', '--resume-from-checkpoint'));
  t.is(code, 0, stderr);
  t.is(stderr, 'qa-native: the last bits may differ: threads 2 (was 1).\n');
});

test.serial('a run whose output nobody reads any more goes on to its end', async (t) => {
  const dir = join(folder, 'unread');
  const child = spawn(process.execPath, [bin, ...train(dir, '--logging-steps', '1')], { stdio: 'pipe' });
  const ended = new Promise<number | null>((resolve) => child.on('close', resolve));
  child.stdout.once('data', () => child.stdout.destroy());
  child.stderr.destroy();
  t.is(await ended, 0);
  t.deepEqual(bitsOf(dir), bitsOf(whole));
});

test('the command that goes on is what was typed, once, quoted', (t) => {
  const argv = [
    'train',
    'lstm',
    '--train-file',
    "it's.json",
    '--resume-from-checkpoint',
    'runs/x/checkpoint-5',
  ];
  t.is(
    resumeCommand(argv, 'runs/lstm'),
    `npx qa-native train lstm --train-file 'it'\\''s.json' --output-dir runs/lstm --resume-from-checkpoint`,
  );
  t.is(resumeCommand(['reproduce'], 'runs/x'), 'npx qa-native reproduce');
});
