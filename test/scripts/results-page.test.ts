import { cpSync, mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import test from 'ava';
import { writeResultPages } from '../../scripts/bench/results-page.js';
import { packageRoot } from '../../src/setup/paths.js';
import { temporaryFolder } from '../cli/run.js';

/** The first machine that was measured. */
const first = 'amd-epyc-family-25-model-17-2-cores';
const results = join('bench', 'results');
const charts = readdirSync(join(packageRoot, results)).filter((name) => name.endsWith('.svg'));
const pages = ['README.md', join('bench', 'README.md'), ...charts.map((name) => join(results, name))];

const temporary = temporaryFolder();

function copyOfPages(name: string): string {
  const folder = join(temporary, name);
  mkdirSync(join(folder, 'bench'), { recursive: true });
  for (const path of ['README.md', join('bench', 'README.md'), results]) {
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

/** A copy where the first machine is the only one. */
function copyOfFirst(name: string) {
  const folder = copyOfPages(name);
  const path = join(folder, results, `${first}.json`);
  const text = readFileSync(path, 'utf8');
  rmSync(join(folder, results), { recursive: true });
  mkdirSync(join(folder, results));
  writeFileSync(path, text);
  return { folder, path, text };
}

interface File {
  date?: string;
  machine: { name: string; processor: string };
  measurements: { what: string; variant: string; values: number[] }[];
}

/** A file of results with these seconds for an LSTM's step, Python's and qa-native's. */
function withStep(text: string, python: number, ours: number): File {
  const file = JSON.parse(text) as File;
  for (const one of file.measurements) {
    if (one.what === 'step lstm') one.values = [one.variant === 'python' ? python : ours];
  }
  return file;
}

const read = (folder: string, ...path: string[]) => readFileSync(join(folder, ...path), 'utf8');

test('another figure is another page', async (t) => {
  const { folder, path, text } = copyOfFirst('other');
  writeFileSync(path, JSON.stringify(withStep(text, 50, 20)));
  rmSync(join(folder, 'README.md'));
  await writeResultPages(join(folder, 'bench'));
  t.regex(read(folder, 'bench', 'README.md'), /step lstm +\| 50\.00 s +\| 20\.00 s/);

  cpSync(join(packageRoot, 'README.md'), join(folder, 'README.md'));
  await writeResultPages(join(folder, 'bench'));
  t.regex(read(folder, 'README.md'), /step lstm +\| 50\.00 s +\| 20\.00 s \(2\.5 x\)/);
});

test('of two machines the front page has the one measured last, and the bench both', async (t) => {
  const { folder, path, text } = copyOfFirst('two');
  const add = (name: string, date: string, seconds: number) => {
    const file = withStep(text, 50, seconds);
    const machine = { ...file.machine, name, processor: `Processor ${name}` };
    writeFileSync(join(folder, results, `${name}.json`), JSON.stringify({ ...file, date, machine }));
  };
  // By its name the last would come first.
  add('z', '2030-01-01T00:00:00.000Z', 25);
  add('a', '2030-01-02T00:00:00.000Z', 10);
  writeFileSync(path, JSON.stringify(withStep(text, 50, 20)));
  await writeResultPages(join(folder, 'bench'));

  const front = read(folder, 'README.md');
  t.regex(front, /Medians on Processor a, 2 threads/);
  t.regex(front, /step lstm +\| 50\.00 s +\| 10\.00 s \(5\.0 x\)/);
  t.is(front.split('step lstm').length, 2);
  t.true(front.includes('On 2 other machines: [bench/](bench/README.md#results).'));
  t.true(front.includes('](bench/results/a.svg)'));

  const bench = read(folder, 'bench', 'README.md');
  for (const heading of ['AMD EPYC (family 25 model 17)', 'Processor a', 'Processor z']) {
    t.true(bench.includes(`\n### ${heading}, 2 threads`), heading);
  }
  t.true(bench.includes('Measured on 2030-01-02.'));
  t.is(bench.split('step lstm ').length, 4);
});
