import { QaError } from '../errors.js';
import { run } from './run.js';

/** How a missing tool is brought, by platform. */
const remedies: Record<string, Partial<Record<NodeJS.Platform, string>>> = {
  cmake: {
    linux: 'apt-get install cmake',
    darwin: 'brew install cmake',
    win32: 'winget install Kitware.CMake',
  },
  'C++ compiler': {
    linux: 'apt-get install g++ make',
    darwin: 'xcode-select --install',
    win32: 'winget install Microsoft.VisualStudio.2022.BuildTools',
  },
};

export interface Tool {
  readonly name: string;
  /** The first line that it prints of itself, or undefined where it is missing. */
  readonly version: string | undefined;
  readonly remedy: string;
}

/** What the build needs beside Node, and whether it is here. */
export async function findTools(): Promise<Tool[]> {
  const compilers = process.env['CXX'] ? [process.env['CXX']] : ['c++', 'g++', 'clang++'];
  return [
    { name: 'cmake', version: await firstVersion(['cmake']), remedy: remedy('cmake') },
    { name: 'C++ compiler', version: await firstVersion(compilers), remedy: remedy('C++ compiler') },
  ];
}

/** Throws where a tool is missing, naming each and the command that brings it. */
export async function expectTools(): Promise<void> {
  const missing = (await findTools()).filter(({ version }) => version === undefined);
  if (missing.length === 0) return;
  throw new QaError(
    `Expected ${missing.map(({ name }) => name).join(' and ')} to build the addon, but it is not installed; ` +
      `run \`${missing.map(({ remedy: command }) => command).join(' && ')}\` and try again.`,
    'ERR_TOOLS',
  );
}

async function firstVersion(commands: readonly string[]): Promise<string | undefined> {
  for (const command of commands) {
    const { code, output } = await run(command, ['--version']);
    if (code === 0) return output.split('\n')[0]?.trim();
  }
  return undefined;
}

function remedy(name: string): string {
  return remedies[name]?.[process.platform] ?? `install ${name}`;
}
