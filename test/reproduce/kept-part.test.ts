import { existsSync, writeFileSync, mkdirSync } from 'node:fs';
import { join } from 'node:path';
import test from 'ava';
import { QaError } from '../../src/errors.js';
import { keepPart } from '../../src/reproduce/kept-part.js';
import { temporaryFolder } from '../cli/run.js';
import { wholePart } from './parts.js';

const root = temporaryFolder();
const never = () => Promise.reject(new Error('made again'));

test('a part is made once', async (t) => {
  const folder = join(root, 'once');
  const made = await keepPart(folder, { seed: 1, threads: undefined }, () => Promise.resolve(wholePart()));
  t.false(made.kept);
  t.deepEqual(await keepPart(folder, { seed: 1, threads: undefined }, never), {
    part: wholePart(),
    kept: true,
  });
});

test('a part that was not finished is made again', async (t) => {
  const folder = join(root, 'cut');
  mkdirSync(folder);
  writeFileSync(join(folder, 'train_log.jsonl'), '{"step":1}\n');
  await t.throwsAsync(keepPart(folder, {}, never), { message: 'made again' });
  t.false(existsSync(join(folder, 'part.json')));
});

test('a part that was asked for in another way is not taken for it, nor written over', async (t) => {
  const folder = join(root, 'other');
  await keepPart(folder, { seed: 1, maxSteps: 10 }, () => Promise.resolve(wholePart()));
  await t.throwsAsync(keepPart(folder, { seed: 1, maxSteps: 20 }, never), {
    instanceOf: QaError,
    message: /had another maxSteps; give another --output-dir/,
  });
});

test('a part whose file is damaged is neither lost nor made again', async (t) => {
  const folder = join(root, 'damaged');
  mkdirSync(folder);
  writeFileSync(join(folder, 'part.json'), '{"asked": {');
  await t.throwsAsync(keepPart(folder, {}, never), {
    instanceOf: QaError,
    message: /part\.json to hold what an earlier run kept, but it could not be read .* remove it/,
  });
});
