import { mkdirSync, readdirSync, readFileSync, utimesSync, writeFileSync } from 'node:fs';
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import test from 'ava';
import { NotHere } from '../../src/setup/not-here.js';
import { fillFolder, libtorchMembers, unpack } from '../../src/setup/unpack.js';
import { temporaryFolder } from '../cli/run.js';
import { libtorchFiles, writeFiles, writeZip } from './fakes.js';

const root = temporaryFolder();

const check = (folder: string) => {
  if (!readdirSync(folder).includes('whole')) throw new NotHere('not whole');
};
const fillWith = (text: string) => (content: string) => writeFile(join(content, 'whole'), text);

test('the members that match are unpacked, with their contents', async (t) => {
  const files = { ...libtorchFiles('2.13.0'), 'lib/deep/a.so': 'deep', 'bin/protoc': '', '__init__.py': '' };
  const archive = writeZip(join(root, 'a.zip'), 'torch/', files);
  const target = join(root, 'members');
  await unpack(archive, target, libtorchMembers);
  t.deepEqual(readdirSync(target, { recursive: true }).sort(), [
    'include',
    'include/ATen',
    'include/ATen/ATen.h',
    'lib',
    'lib/deep',
    'lib/deep/a.so',
    'lib/libtorch_cpu.so',
    'version.py',
  ]);
  t.is(readFileSync(join(target, 'lib', 'deep', 'a.so'), 'utf8'), 'deep');
});

test('a member cannot leave the target folder', async (t) => {
  const archive = writeZip(join(root, 'evil.zip'), 'torch/lib/', { '../../../escaped': 'x', good: 'x' });
  await unpack(archive, join(root, 'jail', 'target'), libtorchMembers);
  t.deepEqual(readdirSync(join(root, 'jail'), { recursive: true }).sort(), [
    'target',
    'target/lib',
    'target/lib/good',
  ]);
  t.false(readdirSync(root).includes('escaped'));
});

test('a folder is filled whole', async (t) => {
  const target = join(root, 'filled', 'target');
  t.is(await fillFolder(target, check, fillWith('first')), target);
  t.deepEqual(readdirSync(join(root, 'filled')), ['target']);
  t.is(readFileSync(join(target, 'whole'), 'utf8'), 'first');
});

test('a folder whose filling fails, or is not whole, is not there', async (t) => {
  const parent = join(root, 'failing');
  const failing = fillFolder(join(parent, 'a'), check, () => Promise.reject(new Error('broken')));
  await t.throwsAsync(failing, { message: 'broken' });
  const half = fillFolder(join(parent, 'b'), check, (content) => writeFile(join(content, 'half'), ''));
  await t.throwsAsync(half, { instanceOf: NotHere, message: 'not whole' });
  t.deepEqual(readdirSync(parent), []);
});

test('of two that fill a folder at once, the first stays and both succeed', async (t) => {
  const target = join(root, 'race', 'target');
  const slow = fillFolder(target, check, async (content) => {
    await sleep(100);
    await fillWith('slow')(content);
  });
  await Promise.all([slow, fillFolder(target, check, fillWith('fast'))]);
  t.is(readFileSync(join(target, 'whole'), 'utf8'), 'fast');
  t.deepEqual(readdirSync(join(root, 'race')), ['target']);
});

test('what lies there broken is replaced', async (t) => {
  const target = writeFiles(join(root, 'broken', 'target'), { half: '' });
  await fillFolder(target, check, fillWith('new'));
  t.deepEqual(readdirSync(target), ['whole']);
});

test('what a killed process left is removed after a day', async (t) => {
  const parent = join(root, 'abandoned');
  for (const [name, days] of [
    ['target.1.tmp', 2],
    ['target.2.tmp', 0],
    ['other.1.tmp', 2],
  ] as const) {
    mkdirSync(join(parent, name), { recursive: true });
    writeFileSync(join(parent, name, 'large'), '');
    const then = Date.now() / 1000 - days * 86_400 - 60;
    utimesSync(join(parent, name), then, then);
  }
  await fillFolder(join(parent, 'target'), check, fillWith(''));
  t.deepEqual(readdirSync(parent).sort(), ['other.1.tmp', 'target', 'target.2.tmp']);
});
