import { existsSync } from 'node:fs';
import { delimiter, join } from 'node:path';

interface PackageManager {
  readonly program: string;
  readonly install: string;
  /** What it calls the packages that are called otherwise on Debian. */
  readonly names: Readonly<Record<string, string>>;
}

const debian: PackageManager = { program: 'apt-get', install: 'apt-get install', names: {} };

const managers: readonly PackageManager[] = [
  debian,
  { program: 'dnf', install: 'dnf install', names: { 'g++': 'gcc-c++' } },
  { program: 'zypper', install: 'zypper install', names: { 'g++': 'gcc-c++' } },
  { program: 'pacman', install: 'pacman -S', names: { 'g++': 'gcc', 'python3-pip': 'python-pip' } },
  { program: 'apk', install: 'apk add', names: { 'python3-pip': 'py3-pip' } },
];

/** On Linux, the command that brings a package, by its name on Debian: that of the package manager that is here. */
export function installCommand(name: string): string {
  const folders = (process.env['PATH'] ?? '').split(delimiter);
  const isHere = ({ program }: PackageManager) => folders.some((folder) => existsSync(join(folder, program)));
  const { install, names } = managers.find(isHere) ?? debian;
  return `${install} ${names[name] ?? name}`;
}
