import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import test from 'ava';
import { QaError } from '../../src/errors.js';
import { keepJson } from '../../src/reproduce/kept-file.js';
import { temporaryFolder } from '../cli/run.js';

const folder = temporaryFolder();
const never = () => Promise.reject(new Error('made again'));

test('what was made is made once', async (t) => {
  const path = join(folder, 'once.json');
  const made = await keepJson(path, { steps: 1 }, () => Promise.resolve({ f1: 2 }));
  t.deepEqual(made, { made: { f1: 2 }, kept: false });
  t.deepEqual(await keepJson(path, { steps: 1 }, never), { made: { f1: 2 }, kept: true });
});

test('what was asked for in another way, or nobody knows how, is not taken for it', async (t) => {
  const path = join(folder, 'other.json');
  await keepJson(path, { steps: 1, batch: 4 }, () => Promise.resolve(1));
  await t.throwsAsync(keepJson(path, { steps: 1, batch: 8 }, never), {
    instanceOf: QaError,
    message: /other\.json to hold nothing or what is asked for, but what is there had another batch; give/,
  });
  writeFileSync(path, '{"f1": 2}');
  await t.throwsAsync(keepJson(path, { batch: 8 }, never), {
    message: /could not be read \(it says not what was made, or of what\); remove it/,
  });
});
