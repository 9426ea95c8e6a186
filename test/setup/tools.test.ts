import { mkdirSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import test from 'ava';
import { expectTools, findTools } from '../../src/setup/tools.js';
import { temporaryFolder } from '../cli/run.js';
import { setEnvironment, writeProgram } from './fakes.js';

const bin = join(temporaryFolder(), 'bin');
const versions = async () =>
  Object.fromEntries((await findTools()).map(({ name, version }) => [name, version]));

test.beforeEach(() => {
  rmSync(bin, { recursive: true, force: true });
  mkdirSync(bin);
  setEnvironment({ PATH: bin, CXX: undefined });
});

test.serial('every missing tool is named, with the command that brings it', async (t) => {
  const error = await t.throwsAsync(expectTools(), { code: 'ERR_TOOLS' });
  t.regex(error.message, /^Expected cmake and C\+\+ compiler and make or ninja to build the addon/);
  if (process.platform === 'linux') {
    t.regex(error.message, /`apt-get install cmake && apt-get install g\+\+ && apt-get install make`/);
  }
});

test.serial('tools are found by the first line that they print', async (t) => {
  writeProgram(join(bin, 'cmake'), 'echo cmake version 3.25.1; echo; echo CMake suite');
  writeProgram(join(bin, 'g++'), 'echo g++ 12.2.0');
  writeProgram(join(bin, 'make'), 'echo GNU Make 4.3');
  await t.notThrowsAsync(expectTools());
  t.deepEqual(await versions(), {
    cmake: 'cmake version 3.25.1',
    'C++ compiler': 'g++ 12.2.0',
    'make or ninja': 'GNU Make 4.3',
  });
});

test.serial('a tool that fails is missing', async (t) => {
  writeProgram(join(bin, 'cmake'), 'echo broken; exit 1');
  t.is((await versions())['cmake'], undefined);
});

test.serial('CXX is the compiler, also behind a compiler cache', async (t) => {
  writeProgram(join(bin, 'ccache'), 'echo "$@"');
  writeProgram(join(bin, 'g++'), 'echo not this one');
  setEnvironment({ CXX: 'ccache clang++-19' });
  t.is((await versions())['C++ compiler'], 'clang++-19 --version');
});
