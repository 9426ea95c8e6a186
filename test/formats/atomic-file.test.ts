import { spawnSync } from 'node:child_process';
import {
  existsSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  readdirSync,
  rmSync,
  statSync,
  writeFileSync,
} from 'node:fs';
import { readFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import test from 'ava';
import { writeFileAtomic, writeJsonAtomic } from '../../src/formats/atomic-file.js';

const folder = mkdtempSync(join(tmpdir(), 'atomic-'));
test.after.always(() => {
  rmSync(folder, { recursive: true });
});

test('writes parts one after the other and makes the folder', async (t) => {
  const path = join(folder, 'new', 'deep', 'file');
  await writeFileAtomic(path, ['a', Uint8Array.of(98), 'ü']);
  t.is(readFileSync(path, 'utf8'), 'abü');
  await writeJsonAtomic(path, { x: 1 });
  t.is(readFileSync(path, 'utf8'), '{\n  "x": 1\n}\n');
  t.deepEqual(readdirSync(join(folder, 'new', 'deep')), ['file']);
});

test('what cannot be replaced stays whole, and nothing is left beside it', async (t) => {
  const target = join(folder, 'a-folder');
  mkdirSync(target);
  writeFileSync(join(target, 'inside'), 'kept');
  await t.throwsAsync(writeFileAtomic(target, 'x'), {
    code: 'ERR_WRITE',
    message: /Expected to write .*a-folder/,
  });
  t.is(readFileSync(join(target, 'inside'), 'utf8'), 'kept');
  t.false(readdirSync(folder).some((name) => name.endsWith('.tmp')));
});

const fullDevice = '/dev/full';
const onLinux = existsSync(fullDevice) ? test : test.skip;
onLinux('a device without room is an error in one sentence', async (t) => {
  // Nothing can be renamed over a device, and nothing written beside it by others than root; either way it must say so.
  const error = await t.throwsAsync(writeFileAtomic(join(fullDevice, 'file'), 'x'), { code: 'ERR_WRITE' });
  t.false(error.message.includes('\n'));
});

onLinux('a pipe is written to, not replaced', async (t) => {
  const pipe = join(folder, 'pipe');
  t.is(spawnSync('mkfifo', [pipe]).status, 0);
  const reader = readFile(pipe, 'utf8');
  await writeFileAtomic(pipe, ['a', 'b']);
  t.is(await reader, 'ab');
  t.true(statSync(pipe).isFIFO());
});
