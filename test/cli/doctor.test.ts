import { cpSync, symlinkSync } from 'node:fs';
import { join } from 'node:path';
import test from 'ava';
import { runtimeInfo } from '../../src/runtime.js';
import { addonPath, packageRoot } from '../../src/setup/paths.js';
import { setEnvironment, writeFiles } from '../setup/fakes.js';
import { qaNative, temporaryFolder } from './run.js';

const folder = temporaryFolder();
const { LIBTORCH: libtorch, PATH: path, QA_NATIVE_ADDON: addon } = process.env;

test.afterEach.always(() => {
  setEnvironment({ LIBTORCH: libtorch, QA_NATIVE_CACHE: undefined, PATH: path, QA_NATIVE_ADDON: addon });
});

test.serial('doctor prints one JSON object of what was found', async (t) => {
  setEnvironment({ QA_NATIVE_CACHE: folder });
  const { code, stdout } = await qaNative('doctor', '--json');
  const facts = JSON.parse(stdout) as Record<string, unknown>;
  const info = runtimeInfo();
  t.like(facts, { node: process.version, 'cpu capability': info.cpuCapability, cache: folder, problems: [] });
  if (info.cudaBuilt) t.is(facts['gpus'], info.cudaDevices);
  else t.regex(String(facts['gpus']), /without CUDA/);
  if (addon === undefined) t.regex(String(facts['addon']), new RegExp(`^built against ${info.torchVersion}`));
  else t.is(facts['addon'], `${addon} (QA_NATIVE_ADDON)`);
  t.true(Number(facts['threads']) >= 1);
  t.is(code, 0);
});

test.serial('doctor says what is wrong, and fails', async (t) => {
  setEnvironment({ LIBTORCH: join(folder, 'nowhere'), QA_NATIVE_ADDON: undefined });
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

/** The folder of a package that lacks its addon, and will not be given one. */
function copyWithoutAddon(): string {
  const copy = join(folder, 'package');
  for (const part of ['package.json', 'dist/src']) {
    cpSync(join(packageRoot, part), join(copy, part), { recursive: true });
  }
  symlinkSync(join(packageRoot, 'node_modules'), join(copy, 'node_modules'));
  return copy;
}

const bare = { LIBTORCH: undefined, QA_NATIVE_CACHE: join(folder, 'empty'), PATH: folder };

test.serial('doctor names pip where LibTorch has yet to be fetched', async (t) => {
  setEnvironment({ ...bare, QA_NATIVE_ADDON: undefined });
  const { examine } = (await import(
    join(copyWithoutAddon(), 'dist/src/setup/doctor.js')
  )) as typeof import('../../src/setup/doctor.js');
  const { problems } = await examine();
  t.regex(problems[0] ?? '', /^LibTorch has to be fetched, and there is no Python with pip; /);
  t.true(problems.some((problem) => problem.startsWith('the addon has to be built: it is not built yet')));
});

test.serial('doctor finds nothing wrong where an addon is there but not what built it', async (t) => {
  setEnvironment({ ...bare, QA_NATIVE_ADDON: addon ?? addonPath });
  const { code, stdout } = await qaNative('doctor');
  t.regex(stdout, /^addon +.* \(QA_NATIVE_ADDON\)$/m);
  t.regex(stdout, /^libtorch +none yet /m);
  t.regex(stdout, /^All is well\.$/m);
  t.is(code, 0);
});
