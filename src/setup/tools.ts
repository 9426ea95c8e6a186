import { QaError } from '../errors.js';
import { installCommand } from './packages.js';
import { run } from './run.js';

/** What the build needs beside Node: any one of the commands, and what brings it: Debian's package, on macOS a command. */
const needed: readonly {
  readonly name: string;
  readonly commands: () => readonly string[];
  readonly package: string;
  readonly onMacOS: string;
}[] = [
  {
    name: 'cmake',
    commands: () => ['cmake'],
    package: 'cmake',
    onMacOS: 'brew install cmake',
  },
  {
    name: 'C++ compiler',
    // CXX may hold flags, or a compiler cache before the compiler.
    commands: () => (process.env['CXX'] ? [process.env['CXX']] : ['c++', 'g++', 'clang++']),
    package: 'g++',
    onMacOS: 'xcode-select --install',
  },
  {
    name: 'make or ninja',
    commands: () => ['ninja', 'make'],
    package: 'make',
    onMacOS: 'xcode-select --install',
  },
];

export interface Tool {
  readonly name: string;
  /** The first line that it prints of itself, or undefined where it is missing. */
  readonly version: string | undefined;
  /** The command that brings it. */
  readonly remedy: string;
}

/** The tools of the build, and whether they are here. */
export function findTools(): Promise<Tool[]> {
  return Promise.all(
    needed.map(async ({ name, commands, package: debianName, onMacOS }) => ({
      name,
      version: await firstVersion(commands()),
      remedy: process.platform === 'darwin' ? onMacOS : installCommand(debianName),
    })),
  );
}

/** Throws where a tool is missing, naming each and the command that brings it. */
export async function expectTools(): Promise<void> {
  const missing = (await findTools()).filter(({ version }) => version === undefined);
  if (missing.length === 0) return;
  throw new QaError(
    `Expected ${missing.map(({ name }) => name).join(' and ')} to build the addon, but ${missing.length === 1 ? 'it is' : 'they are'} not installed; ` +
      `run \`${[...new Set(missing.map(({ remedy }) => remedy))].join(' && ')}\` and try again.`,
    'ERR_TOOLS',
  );
}

async function firstVersion(commands: readonly string[]): Promise<string | undefined> {
  for (const command of commands) {
    const [program = command, ...args] = command.split(/\s+/);
    const { code, output } = await run(program, [...args, '--version']);
    if (code === 0) return output.split('\n')[0]?.trim();
  }
  return undefined;
}
