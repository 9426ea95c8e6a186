import { rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import test from 'ava';
import { hashSources, readStamp, whyBuild, type Stamp } from '../../src/setup/stamp.js';
import { temporaryFolder } from '../cli/run.js';
import { libtorchFiles, setEnvironment, writeFiles } from './fakes.js';

const root = temporaryFolder();
const project = join(root, 'project');
const libtorch = join(root, 'libtorch');
let stamp: Stamp;

test.beforeEach(() => {
  rmSync(project, { recursive: true, force: true });
  writeFiles(project, { 'CMakeLists.txt': 'project()', 'native/a.cc': 'a', 'native/b.h': 'b' });
  writeFiles(libtorch, libtorchFiles('2.13.0+cpu'));
  setEnvironment({ LIBTORCH: undefined });
  stamp = { libtorch, version: '2.13.0+cpu', cuda: false, sources: hashSources(project) };
});

test.serial('an addon of these sources and this LibTorch is up to date', (t) => {
  t.is(whyBuild(stamp, project), undefined);
  setEnvironment({ LIBTORCH: `${libtorch}/` });
  t.is(whyBuild(stamp, project), undefined);
});

test.serial('without a stamp there is no addon', (t) => {
  t.is(whyBuild(undefined, project), 'it is not built yet');
});

const changes: [string, () => void][] = [
  ['a file is edited', () => writeFiles(project, { 'native/a.cc': 'A' })],
  ['a file is added', () => writeFiles(project, { 'native/c.cc': '' })],
  [
    'a file is removed',
    () => {
      rmSync(join(project, 'native/b.h'));
    },
  ],
  [
    'a file is renamed',
    () => {
      rmSync(join(project, 'native/b.h'));
      writeFiles(project, { 'native/c.h': 'b' });
    },
  ],
  ['CMakeLists.txt is edited', () => writeFiles(project, { 'CMakeLists.txt': 'project(x)' })],
];
for (const [name, change] of changes) {
  test.serial(`the addon is built again where ${name}`, (t) => {
    change();
    t.is(whyBuild(stamp, project), 'its sources have changed');
  });
}

test.serial('the addon is built again where LIBTORCH names another folder', (t) => {
  setEnvironment({ LIBTORCH: join(root, 'other') });
  t.is(whyBuild(stamp, project), 'LIBTORCH names another folder');
});

test.serial('the addon is built again where its LibTorch was updated, or is gone', (t) => {
  writeFiles(libtorch, libtorchFiles('2.11.0'));
  t.is(whyBuild(stamp, project), 'its LibTorch was 2.13.0+cpu and is now 2.11.0');
  rmSync(libtorch, { recursive: true });
  t.is(whyBuild(stamp, project), `its LibTorch is gone from ${libtorch}`);
});

test.serial('a stamp counts where it can be read and the addon is there', (t) => {
  const addon = join(root, 'addon.node');
  const path = join(root, 'stamp.json');
  writeFileSync(path, JSON.stringify(stamp));
  t.is(readStamp(addon, path), undefined);
  writeFileSync(addon, '');
  t.deepEqual(readStamp(addon, path), stamp);
  writeFileSync(path, '{"libtorch":');
  t.is(readStamp(addon, path), undefined);
});
