import { join } from 'node:path';
import test from 'ava';
import { runtimeInfo } from '../../src/runtime.js';
import { setEnvironment, writeFiles } from '../setup/fakes.js';
import { qaNative, temporaryFolder } from './run.js';

const folder = temporaryFolder();
const libtorch = process.env['LIBTORCH'];

const path = process.env['PATH'];

test.afterEach.always(() => {
  setEnvironment({ LIBTORCH: libtorch, QA_NATIVE_CACHE: undefined, PATH: path });
});

test.serial('doctor prints one JSON object of what was found', async (t) => {
  setEnvironment({ QA_NATIVE_CACHE: folder });
  const { code, stdout } = await qaNative('doctor', '--json');
  const facts = JSON.parse(stdout) as Record<string, unknown>;
  const info = runtimeInfo();
  t.like(facts, { node: process.version, 'cpu capability': info.cpuCapability, cache: folder, problems: [] });
  if (info.cudaBuilt) t.is(facts['gpus'], info.cudaDevices);
  else t.regex(String(facts['gpus']), /without CUDA/);
  t.regex(String(facts['addon']), new RegExp(`^built against ${info.torchVersion}`));
  t.true(Number(facts['threads']) >= 1);
  t.is(code, 0);
});

test.serial('doctor says what is wrong, and fails', async (t) => {
  setEnvironment({ LIBTORCH: join(folder, 'nowhere') });
  const { code, stdout } = await qaNative('doctor');
  t.is(code, 1);
  t.regex(stdout, /^node +v/m);
  t.regex(stdout, /^Wrong: Expected LIBTORCH to be .* got nothing at .*nowhere/m);
  t.regex(stdout, /^Wrong: the addon has to be built: LIBTORCH names another folder; run `qa-native setup`/m);
});

test.serial('doctor names both versions of a LibTorch that is not supported', async (t) => {
  const old = writeFiles(join(folder, 'old'), {
    'include/ATen/ATen.h': '',
    'lib/libtorch_cpu.so': '',
    'build-version': '2.5.1\n',
  });
  setEnvironment({ LIBTORCH: old });
  const { code, stdout } = await qaNative('doctor', '--json');
  const { problems } = JSON.parse(stdout) as { problems: string[] };
  t.is(code, 1);
  t.regex(problems[0] ?? '', /LibTorch 2\.11 or 2\.13 .* got version 2\.5\.1 /);
});

test.serial('doctor names pip where LibTorch has yet to be fetched', async (t) => {
  setEnvironment({ LIBTORCH: undefined, QA_NATIVE_CACHE: join(folder, 'empty'), PATH: folder });
  const { code, stdout } = await qaNative('doctor');
  t.is(code, 1);
  t.regex(stdout, /^Wrong: LibTorch has to be fetched, and there is no Python with pip; /m);
});
