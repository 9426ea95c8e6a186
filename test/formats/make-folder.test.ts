import { statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import test from 'ava';
import { makeFolder } from '../../src/formats/make-folder.js';
import { temporaryFolder } from '../cli/run.js';

const folder = temporaryFolder();

test('folders above are made too, by any number at once', async (t) => {
  const path = join(folder, 'a', 'b', 'c');
  await Promise.all(Array.from({ length: 8 }, () => makeFolder(path)));
  t.true(statSync(path).isDirectory());
  await t.notThrowsAsync(makeFolder(path));
});

test('where none can be made, that is an error and no endless loop', async (t) => {
  await t.throwsAsync(makeFolder('/proc/a/b'));
  writeFileSync(join(folder, 'file'), '');
  await t.throwsAsync(makeFolder(join(folder, 'file', 'a')), { code: 'ENOTDIR' });
});
