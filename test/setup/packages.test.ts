import { mkdirSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import test from 'ava';
import { installCommand } from '../../src/setup/packages.js';
import { temporaryFolder } from '../cli/run.js';
import { setEnvironment, writeProgram } from './fakes.js';

const bin = join(temporaryFolder(), 'bin');

test.beforeEach(() => {
  rmSync(bin, { recursive: true, force: true });
  mkdirSync(bin);
  setEnvironment({ PATH: bin });
});

for (const [program, expected] of [
  ['apt-get', ['apt-get install cmake', 'apt-get install g++', 'apt-get install python3-pip']],
  ['dnf', ['dnf install cmake', 'dnf install gcc-c++', 'dnf install python3-pip']],
  ['zypper', ['zypper install cmake', 'zypper install gcc-c++', 'zypper install python3-pip']],
  ['pacman', ['pacman -S cmake', 'pacman -S gcc', 'pacman -S python-pip']],
  ['apk', ['apk add cmake', 'apk add g++', 'apk add py3-pip']],
  ['none of them', ['apt-get install cmake', 'apt-get install g++', 'apt-get install python3-pip']],
] as const) {
  test.serial(`packages are brought by what brings them here: ${program}`, (t) => {
    writeProgram(join(bin, program), '');
    t.deepEqual(['cmake', 'g++', 'python3-pip'].map(installCommand), expected);
  });
}
