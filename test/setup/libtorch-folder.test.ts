import { join } from 'node:path';
import test from 'ava';
import { inspectFolder, readVersion } from '../../src/setup/libtorch-folder.js';
import { NotHere } from '../../src/setup/not-here.js';
import { temporaryFolder } from '../cli/run.js';
import { libtorchFiles, writeFiles } from './fakes.js';

const root = temporaryFolder();

test('a wheel states its version in version.py, an archive in build-version', (t) => {
  const wheel = writeFiles(join(root, 'wheel'), libtorchFiles('2.13.0+cpu'));
  t.is(readVersion(wheel), '2.13.0+cpu');
  const quotes = writeFiles(join(root, 'quotes'), { 'version.py': '__version__ = "2.11.0"\n' });
  t.is(readVersion(quotes), '2.11.0');
  const archive = writeFiles(join(root, 'archive'), { 'build-version': '2.11.0+cu130\n' });
  t.is(readVersion(archive), '2.11.0+cu130');
  t.is(readVersion(join(root, 'nowhere')), undefined);
});

test('a LibTorch is recognised with and without CUDA', (t) => {
  const cpu = writeFiles(join(root, 'cpu'), libtorchFiles('2.13.0+cpu'));
  t.deepEqual(inspectFolder(cpu), { path: cpu, version: '2.13.0+cpu', hasCuda: false });
  const cuda = writeFiles(join(root, 'cuda'), libtorchFiles('2.11.0+cu130', 'lib/libtorch_cuda.so'));
  t.deepEqual(inspectFolder(cuda), { path: cuda, version: '2.11.0+cu130', hasCuda: true });
});

const complete = libtorchFiles('2.13.0');
const without = (name: string) =>
  Object.fromEntries(Object.entries(complete).filter(([key]) => key !== name));
const refusals: [string, Record<string, string>, RegExp][] = [
  ['no headers', without('include/ATen/ATen.h'), /lacks include\/ATen or lib\/libtorch_cpu/],
  ['no library', without('lib/libtorch_cpu.so'), /lacks include\/ATen or lib\/libtorch_cpu/],
  ['no version', without('version.py'), /version unknown at .*, supported are 2\.11 and 2\.13/],
  ['an old version', libtorchFiles('2.9.1'), /version 2\.9\.1 at .*, supported are 2\.11 and 2\.13/],
  ['a newer version', libtorchFiles('2.130.0'), /version 2\.130\.0 at .*, supported are 2\.11 and 2\.13/],
];

for (const [name, files, message] of refusals) {
  test(`a folder is refused: ${name}`, (t) => {
    const folder = writeFiles(join(root, name), files);
    t.throws(() => inspectFolder(folder), { instanceOf: NotHere, message });
  });
}

test('a folder is refused: there is none', (t) => {
  t.throws(() => inspectFolder(join(root, 'none')), { instanceOf: NotHere, message: /^nothing at / });
});
