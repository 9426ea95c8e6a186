import { mkdirSync, readFileSync, readdirSync, rmSync, truncateSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import test from 'ava';
import { QaError } from '../../src/errors.js';
import { writeFileAtomic } from '../../src/formats/atomic-file.js';
import { removeScratch, whyDamaged, writeWholeFolder } from '../../src/formats/whole-folder.js';
import { temporaryFolder } from '../cli/run.js';

const root = temporaryFolder();
const fill = (text: string) => async (folder: string) => {
  await writeFileAtomic(join(folder, 'a.txt'), text);
  await writeFileAtomic(join(folder, 'b.bin'), Uint8Array.of(0, 1, 2));
};

test('a folder is written with a manifest, and is whole', async (t) => {
  const folder = join(root, 'new', 'whole');
  await writeWholeFolder(folder, fill('text'));
  t.is(await whyDamaged(folder), undefined);
  t.deepEqual(readdirSync(folder).sort(), ['a.txt', 'b.bin', 'manifest.json']);
  t.deepEqual(readdirSync(join(root, 'new')), ['whole']);
});

test('a folder that is whole stays as it is, a damaged one is replaced', async (t) => {
  const folder = join(root, 'again');
  await writeWholeFolder(folder, fill('first'));
  await writeWholeFolder(folder, fill('second'));
  t.is(readFileSync(join(folder, 'a.txt'), 'utf8'), 'first');
  truncateSync(join(folder, 'a.txt'), 2);
  await writeWholeFolder(folder, fill('third'));
  t.is(readFileSync(join(folder, 'a.txt'), 'utf8'), 'third');
});

test('where filling fails, what was there is still there and nothing is left beside it', async (t) => {
  const folder = join(root, 'failing', 'target');
  mkdirSync(folder, { recursive: true });
  writeFileSync(join(folder, 'old'), '');
  await t.throwsAsync(
    writeWholeFolder(folder, async (scratch) => {
      await fill('half')(scratch);
      throw new Error('no space left');
    }),
    { instanceOf: QaError, message: /Expected to write the folder .*target.*no space left/ },
  );
  t.deepEqual(readdirSync(join(root, 'failing')), ['target']);
  t.deepEqual(readdirSync(folder), ['old']);
});

test('every byte that is changed, cut or missing is noticed', async (t) => {
  const folder = join(root, 'damaged');
  await writeWholeFolder(folder, fill('some text'));
  for (const name of ['a.txt', 'b.bin', 'manifest.json']) {
    const path = join(folder, name);
    const bytes = readFileSync(path);
    for (let at = 0; at < bytes.length; at += 1) {
      const changed = Buffer.from(bytes);
      changed[at] ^= 1;
      writeFileSync(path, changed);
      // Of the manifest, a space may become another character that JSON takes; then its files are still vouched for.
      if (name !== 'manifest.json') t.regex((await whyDamaged(folder)) ?? '', /was changed/);
      else if ((await whyDamaged(folder)) === undefined)
        t.deepEqual(JSON.parse(String(changed)), JSON.parse(String(bytes)));
    }
    writeFileSync(path, bytes.subarray(0, -1));
    if (name !== 'manifest.json') t.regex((await whyDamaged(folder)) ?? '', /has \d+ bytes instead of \d+/);
    rmSync(path);
    t.regex((await whyDamaged(folder)) ?? '', name === 'manifest.json' ? /no such file/ : /cannot be read/);
    writeFileSync(path, bytes);
    t.is(await whyDamaged(folder), undefined);
  }
});

test('a manifest that names nothing vouches for nothing', async (t) => {
  const folder = join(root, 'empty-manifest');
  await writeWholeFolder(folder, fill('text'));
  writeFileSync(join(folder, 'manifest.json'), '{}');
  t.is(await whyDamaged(folder), 'manifest.json names no files');
});

test('what killed processes left is removed, other folders are not', async (t) => {
  const folder = join(root, 'left');
  for (const name of ['run-1.0123abcd.tmp', 'other-1.0123abcd.tmp', 'run-1', 'run-2.tmp']) {
    mkdirSync(join(folder, name), { recursive: true });
  }
  await removeScratch(folder, (name) => name.startsWith('run-'));
  t.deepEqual(readdirSync(folder).sort(), ['other-1.0123abcd.tmp', 'run-1', 'run-2.tmp']);
});
