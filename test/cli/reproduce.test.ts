import { existsSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import test from 'ava';
import { sample } from '../../src/data/sample.js';
import { resolveDevice } from '../../src/runtime.js';
import { qaNative, temporaryFolder, writeTinyConfig } from './run.js';

const folder = temporaryFolder();
const tiny = ['--dataset', 'sample', '--config-name', writeTinyConfig(folder), '--models', 'bert-mini'];
const short = ['--no-experiments', '--max-train-samples', '12', '--max-steps', '2', '--logging-steps', '1'];

test('reproduce runs each seed once, prints the notebook’s lines and the table, and says that it is smaller', async (t) => {
  const dir = join(folder, 'whole');
  const args = ['reproduce', ...tiny, ...short, '--seeds', '2', '--output-dir', dir];
  const { code, stdout, stderr } = await qaNative(...args);
  t.is(code, 0, stderr);
  t.regex(stdout, /^# Problem 0\. BERT-mini, seed 42$/m);
  t.is([...stdout.matchAll(/^Loss:[\d.]+$/gm)].length, 4);
  t.regex(stdout, /^\{'exact_match': [\d.]+, 'f1': [\d.]+\}$/m);
  t.regex(stdout, /^BERT-mini +parameters +11,105,282 +[\d,]+$/m);
  t.regex(stdout, /^BERT-mini +EM +60\.00 +[\d.]+ \([\d.]+ to [\d.]+, 2 seeds\)$/m);
  t.regex(stdout, /A smaller run than the notebook's: without lstm, transformer; 12 training questions/);

  const { parts } = JSON.parse(readFileSync(join(dir, 'reproduce.json'), 'utf8')) as { parts: unknown[] };
  t.is(parts.length, 2);
  for (const name of ['report.html', 'report.md']) {
    t.true(readFileSync(join(dir, name), 'utf8').includes('The notebook, reproduced'));
  }
  const weights = join(dir, 'bert-mini', 'seed-43', 'model.safetensors');
  const { mtimeMs } = statSync(weights);
  // Asked for later, experiments are no reason to train again; these were measured before.
  const seconds = { lstm: [1, 2, 4], transformer: [1, 3, 9] };
  const times = { batchSize: 4, width: 768, lengths: [32, 64, 128], seconds };
  const kept = { asked: { device: resolveDevice('auto') }, made: times };
  writeFileSync(join(dir, 'step-times.json'), JSON.stringify(kept));
  const again = await qaNative(...args.filter((flag) => flag !== '--no-experiments'));
  t.is(again.code, 0, again.stderr);
  t.is([...again.stdout.matchAll(/^Kept from before: /gm)].length, 2);
  t.is(statSync(weights).mtimeMs, mtimeMs);
  t.regex(readFileSync(join(dir, 'report.md'), 'utf8'), /^## Seconds a step against the length$/m);

  const other = await qaNative(...args, '--save-steps', '7');
  t.is(other.code, 0, other.stderr);
  const trained = await qaNative('train', '--from-run', join(dir, 'bert-mini', 'seed-42'), '--no-eval');
  t.is(trained.code, 0, trained.stderr);
});

test('reproduce refuses models and seeds that there are not, before anything runs', async (t) => {
  const dir = join(folder, 'refused');
  for (const wrong of [
    ['--models', 'gru'],
    ['--seeds', '0'],
    ['--seeds', '1.5'],
  ]) {
    const { code, stderr } = await qaNative('reproduce', ...tiny.slice(0, 4), ...wrong, '--output-dir', dir);
    t.is(code, 2);
    t.regex(stderr, /^qa-native: Expected /);
  }
  t.false(existsSync(dir));
});

test('reproduce without questions to evaluate on is refused before it trains', async (t) => {
  const dir = join(folder, 'unscored');
  const start = ['--model-name-or-path', 'random', '--config-name', join(folder, 'tiny.json'), ...short];
  const files = ['--train-file', sample.trainFile, '--vocab-file', sample.vocabFile];
  const { code, stdout, stderr } = await qaNative('reproduce', ...start, ...files, '--output-dir', dir);
  t.is(code, 2, stderr);
  t.regex(stderr, /^qa-native: Expected --train-file and --validation-file/);
  t.is(stdout, '');
  t.false(existsSync(dir));
});
