import { readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import test from 'ava';
import { hasNvidiaGpu } from '../../src/setup/gpu.js';
import { findLibtorch, libtorchNotFound } from '../../src/setup/libtorch.js';
import { temporaryFolder } from '../cli/run.js';
import { serving } from '../serving.js';
import { libtorchFiles, setEnvironment, writeFiles, writePython, writeZip } from './fakes.js';

const root = temporaryFolder();
const cache = join(root, 'cache');
const cached = join(cache, `libtorch-2.13.0-${hasNvidiaGpu() ? 'cuda' : 'cpu'}`);
const python = join(root, 'bin', 'python3');
const wheels = join(root, 'wheels');
const silent = () => undefined;

/** Nothing listens there: the official site is out of reach. */
const noSite = 'http://127.0.0.1:9';

test.beforeEach(() => {
  rmSync(cache, { recursive: true, force: true });
  writePython(python, {});
  // The real Python must not be seen: it may have a torch.
  setEnvironment({
    PATH: join(root, 'bin'),
    QA_NATIVE_CACHE: cache,
    QA_NATIVE_PYTHON: undefined,
    LIBTORCH: undefined,
  });
});

test.serial('LIBTORCH goes first', async (t) => {
  const path = writeFiles(join(root, 'chosen'), libtorchFiles('2.11.0+cu130', 'lib/libtorch_cuda.so'));
  writePython(python, { torch: writeFiles(join(root, 'site'), libtorchFiles('2.13.0')) });
  setEnvironment({ LIBTORCH: path });
  const { found } = await findLibtorch(silent, { download: false });
  t.deepEqual(found, { path, version: '2.11.0+cu130', hasCuda: true, source: 'LIBTORCH' });
});

test.serial('a LIBTORCH of another version stops, with both versions and the way out', async (t) => {
  setEnvironment({ LIBTORCH: writeFiles(join(root, 'old'), libtorchFiles('2.9.1')) });
  await t.throwsAsync(findLibtorch(silent), {
    code: 'ERR_LIBTORCH',
    message:
      /LibTorch 2\.11 or 2\.13 .*got version 2\.9\.1 at .*; correct it, or unset it, and LibTorch 2\.13\.0 is/,
  });
});

test.serial('a LIBTORCH that is no folder of LibTorch stops', async (t) => {
  setEnvironment({ LIBTORCH: join(root, 'nowhere') });
  await t.throwsAsync(findLibtorch(silent), { code: 'ERR_LIBTORCH', message: /got nothing at .*nowhere/ });
  setEnvironment({ LIBTORCH: writeFiles(join(root, 'half'), { 'include/ATen/ATen.h': '' }) });
  await t.throwsAsync(findLibtorch(silent), { code: 'ERR_LIBTORCH', message: /lib\/libtorch_cpu/ });
});

test.serial("Python's torch goes before the cache", async (t) => {
  const path = writeFiles(join(root, 'site'), libtorchFiles('2.13.0'));
  writeFiles(cached, libtorchFiles('2.13.0'));
  writePython(python, { torch: path });
  const { found } = await findLibtorch(silent, { download: false });
  t.like(found, { path, source: 'Python torch' });
});

test.serial('a torch is found by a Python that warns of something first', async (t) => {
  const path = writeFiles(join(root, 'site'), libtorchFiles('2.13.0'));
  const warning = 'echo "Could not find platform dependent libraries <exec_prefix>" >&2';
  writeFileSync(python, `#!/bin/sh\n${warning}\necho '${path}'\n`);
  const { found } = await findLibtorch(silent, { download: false });
  t.is(found?.path, path);
});

test.serial('QA_NATIVE_PYTHON goes before the Python on PATH', async (t) => {
  writePython(python, { torch: writeFiles(join(root, 'site'), libtorchFiles('2.13.0')) });
  const path = writeFiles(join(root, 'venv', 'torch'), libtorchFiles('2.11.0'));
  setEnvironment({ QA_NATIVE_PYTHON: writePython(join(root, 'venv', 'python'), { torch: path }) });
  const { found } = await findLibtorch(silent, { download: false });
  t.is(found?.path, path);
});

test.serial('a Python torch of another version is passed over for the cache', async (t) => {
  writePython(python, { torch: writeFiles(join(root, 'older'), libtorchFiles('2.9.1')) });
  writeFiles(cached, libtorchFiles('2.13.0'));
  const { found, steps } = await findLibtorch(silent, { download: false });
  t.like(found, { path: cached, source: 'cache' });
  t.regex(steps[1]?.outcome ?? '', /version 2\.9\.1/);
});

test.serial('the official archive goes before the wheel, and into the cache', async (t) => {
  writeZip(join(wheels, 'torch-2.13.0-py3.whl'), 'torch/', libtorchFiles('2.13.0+wheel'));
  writePython(python, { wheels });
  const archive = writeZip(join(root, 'archive.zip'), 'libtorch/', libtorchFiles('2.13.0+archive'));
  await serving(
    (_, response) => response.end(readFileSync(archive)),
    async (site) => {
      const { found } = await findLibtorch(silent, { site });
      t.like(found, { path: cached, version: '2.13.0+archive', source: 'official archive' });
    },
  );
  const { found } = await findLibtorch(silent, { download: false });
  t.is(found?.source, 'cache');
});

test.serial('without the official site the wheel is brought through pip', async (t) => {
  writeZip(join(wheels, 'torch-2.13.0-py3.whl'), 'torch/', libtorchFiles('2.13.0+wheel'));
  writePython(python, { wheels });
  const { found, steps } = await findLibtorch(silent, { site: noSite });
  t.like(found, { path: cached, version: '2.13.0+wheel', source: 'torch wheel through pip' });
  t.regex(steps[3]?.outcome ?? '', /cannot be reached/);
});

test.serial('a broken folder in the cache is replaced', async (t) => {
  writeFiles(cached, { 'lib/libtorch_cpu.so': 'no headers' });
  writeZip(join(wheels, 'torch-2.13.0-py3.whl'), 'torch/', libtorchFiles('2.13.0+wheel'));
  writePython(python, { wheels });
  const { found } = await findLibtorch(silent, { site: noSite });
  t.is(found?.version, '2.13.0+wheel');
});

test.serial('where nothing is found, every step is named with its reason', async (t) => {
  const { found, steps } = await findLibtorch(silent, { site: noSite });
  t.is(found, undefined);
  const { message } = libtorchNotFound(steps);
  t.regex(
    message,
    /^Expected a LibTorch 2\.11 or 2\.13, but found none; set LIBTORCH .* `pip install torch==2\.13\.0`/,
  );
  t.regex(message, /- LIBTORCH: not set\n- Python torch: no importable torch\n- cache: nothing at /);
  t.regex(message, /- official archive: .*\n- torch wheel through pip: no Python with pip$/);
});

test.serial('a cache that cannot be written is a reason, not a crash', async (t) => {
  writeFiles(root, { 'a-file': '' });
  setEnvironment({ QA_NATIVE_CACHE: join(root, 'a-file') });
  writePython(python, { wheels });
  const { found, steps } = await findLibtorch(silent, { site: noSite });
  t.is(found, undefined);
  t.regex(steps[4]?.outcome ?? '', /could not be written \(ENOTDIR/);
});
