import { spawnSync } from 'node:child_process';
import {
  chmodSync,
  closeSync,
  existsSync,
  lstatSync,
  mkdirSync,
  mkdtempSync,
  openSync,
  readFileSync,
  readdirSync,
  rmSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { readFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import test from 'ava';
import { writeFileAtomic, writeFilesAtomic, writeJsonAtomic } from '../../src/formats/atomic-file.js';

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

test('who may read or write a file stays as it was', async (t) => {
  const path = join(folder, 'modes', 'private');
  mkdirSync(join(folder, 'modes'));
  for (const mode of [0o600, 0o664, 0o755]) {
    writeFileSync(path, 'before');
    chmodSync(path, mode);
    await writeFileAtomic(path, 'after');
    t.is(statSync(path).mode & 0o777, mode);
    t.is(readFileSync(path, 'utf8'), 'after');
  }
});

test('what cannot be replaced stays whole, and nothing is left beside it', async (t) => {
  const target = join(folder, 'a-folder');
  mkdirSync(target);
  writeFileSync(join(target, 'inside'), 'kept');
  await t.throwsAsync(writeFileAtomic(target, 'x'), {
    code: 'ERR_WRITE',
    message:
      /^Expected to write .*a-folder, but that failed \(.*\) and left what was there before; name a file, not a folder\.$/,
  });
  t.is(readFileSync(join(target, 'inside'), 'utf8'), 'kept');
  t.false(readdirSync(folder).some((name) => name.endsWith('.tmp')));
});

test('of files that belong together none takes its place where one cannot be written', async (t) => {
  const own = join(folder, 'together');
  const [first, second] = [join(own, 'first'), join(own, 'second')];
  await writeFilesAtomic([
    [first, 'before'],
    [second, 'before'],
  ]);
  function* failing() {
    yield 'half of it';
    throw new Error('no space left');
  }
  await t.throwsAsync(
    writeFilesAtomic([
      [first, 'after'],
      [second, failing()],
    ]),
    { code: 'ERR_WRITE', message: /^Expected to write .*second, but that failed \(no space left\)/ },
  );
  t.deepEqual(
    [first, second].map((path) => readFileSync(path, 'utf8')),
    ['before', 'before'],
  );
  t.deepEqual(readdirSync(own).sort(), ['first', 'second']);
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

test('a link stays, and the file that it leads to is written, there already or not', async (t) => {
  const real = join(folder, 'behind');
  mkdirSync(real);
  writeFileSync(join(real, 'old'), 'before');
  for (const name of ['old', 'new']) {
    const [link, first] = [join(folder, `to-${name}`), join(folder, `to-link-to-${name}`)];
    symlinkSync(join('behind', name), link);
    symlinkSync(link, first);
    await writeFileAtomic(first, 'after');
    t.true(lstatSync(first).isSymbolicLink() && lstatSync(link).isSymbolicLink());
    t.is(readFileSync(join(real, name), 'utf8'), 'after');
  }
  t.deepEqual(readdirSync(real).sort(), ['new', 'old']);
});

test('links in a circle are an error, not followed for ever', async (t) => {
  const [one, other] = [join(folder, 'one'), join(folder, 'other')];
  symlinkSync(one, other);
  symlinkSync(other, one);
  await t.throwsAsync(writeFileAtomic(one, 'x'), { code: 'ERR_WRITE', message: /ELOOP/ });
});

const withDescriptors = existsSync('/proc/self/fd') ? test : test.skip;
withDescriptors(
  'an open file is written to, after what is there already, as /dev/stdout may be one',
  async (t) => {
    const path = join(folder, 'open');
    writeFileSync(path, 'before\n');
    const descriptor = openSync(path, 'a');
    const [link, folders] = [join(folder, 'like-stdout'), join(folder, 'like-fd')];
    symlinkSync(`/proc/self/fd/${descriptor}`, link);
    symlinkSync('/proc/self/fd', folders);
    const before = statSync(path).ino;
    await writeFileAtomic(link, 'a\n');
    await writeFileAtomic(join(folders, String(descriptor)), 'b\n');
    closeSync(descriptor);
    t.true(lstatSync(link).isSymbolicLink());
    t.is(statSync(path).ino, before);
    t.is(readFileSync(path, 'utf8'), 'before\na\nb\n');
  },
);
