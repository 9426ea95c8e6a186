import { cpSync, mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import test from 'ava';
import { writeResultPages } from '../../scripts/bench/results-page.js';
import { packageRoot } from '../../src/setup/paths.js';
import { temporaryFolder } from '../cli/run.js';

const pages = ['README.md', join('bench', 'README.md'), join('bench', 'results', 'amd-epyc-2-cores.svg')];

const temporary = temporaryFolder();

function copyOfPages(name: string): string {
  const folder = join(temporary, name);
  mkdirSync(join(folder, 'bench'), { recursive: true });
  for (const path of ['README.md', join('bench', 'README.md'), join('bench', 'results')]) {
    cpSync(join(packageRoot, path), join(folder, path), { recursive: true });
  }
  return folder;
}

test('the pages show the figures of the files of results, and nothing else', async (t) => {
  const folder = copyOfPages('same');
  await writeResultPages(join(folder, 'bench'));
  for (const page of pages) {
    t.is(readFileSync(join(folder, page), 'utf8'), readFileSync(join(packageRoot, page), 'utf8'), page);
  }
});

test('another figure is another page', async (t) => {
  const folder = copyOfPages('other');
  const path = join(folder, 'bench', 'results', 'amd-epyc-2-cores.json');
  const results = JSON.parse(readFileSync(path, 'utf8')) as {
    measurements: { what: string; variant: string; values: number[] }[];
  };
  for (const one of results.measurements) {
    if (one.what === 'step lstm') one.values = [one.variant === 'python' ? 50 : 20];
  }
  writeFileSync(path, JSON.stringify(results));
  rmSync(join(folder, 'README.md'));
  await writeResultPages(join(folder, 'bench'));
  t.regex(readFileSync(join(folder, 'bench', 'README.md'), 'utf8'), /step lstm +\| 50\.00 s +\| 20\.00 s/);

  cpSync(join(packageRoot, 'README.md'), join(folder, 'README.md'));
  await writeResultPages(join(folder, 'bench'));
  t.regex(readFileSync(join(folder, 'README.md'), 'utf8'), /step lstm +\| 50\.00 s +\| 20\.00 s \(2\.5 x\)/);
});
