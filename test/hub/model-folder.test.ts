import { symlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import test from 'ava';
import { modelFolder } from '../../src/hub/model-folder.js';
import { temporaryFolder } from '../cli/run.js';

const folder = temporaryFolder();
process.env['HF_HOME'] = folder;
process.env['HF_HUB_OFFLINE'] = '1';

test('a folder that is there is taken', async (t) => {
  t.is(await modelFolder(folder), folder);
});

for (const name of ['organisation/model', 'bert-base-uncased', 'a_b/c.d-1', 'a/b@v1.0', 'a@refs/pr/1']) {
  test(`${name} is looked for on the hub`, async (t) => {
    await t.throwsAsync(modelFolder(name), { code: 'ERR_HUB', message: /but the cache has no copy/ });
  });
}

for (const path of [
  './a',
  '../a/b',
  '/no/such/folder',
  'a/b/c',
  'a--b/c',
  'a/..',
  '~/model',
  'a b',
  '-a/b',
  'a/b@',
  'a/b@/c',
  'a/b@../c',
  'a@b@c',
  '@main',
  '',
]) {
  test(`"${path}" is neither a folder nor a name`, async (t) => {
    await t.throwsAsync(modelFolder(path), {
      code: 'ERR_NO_MODEL',
      message: /^Expected the folder .* neither; /,
    });
  });
}

test('a file is no folder', async (t) => {
  writeFileSync(join(folder, 'file'), '');
  await t.throwsAsync(modelFolder(join(folder, 'file')), { message: /which is a file; check the path/ });
});

test('what the system will not look at is one sentence', async (t) => {
  const link = join(folder, 'link');
  symlinkSync(link, link);
  for (const path of ['a'.repeat(300), link, 'a\0b']) {
    await t.throwsAsync(modelFolder(path), {
      code: 'ERR_NO_MODEL',
      message: /^Expected the folder of a model .*, got what cannot be looked at \(.+\); check the path\.$/,
    });
  }
});
