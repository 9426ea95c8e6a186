import { mkdtemp, readFile, readdir, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import test from 'ava';
import { growthPower, writeStudy, type SweepResult } from '../../scripts/bench/scaling-report.js';
import { paceOf } from '../../scripts/bench/pace.js';
import type { Machine } from '../../scripts/bench/machine.js';
import { QaError } from '../../src/errors.js';

const machine: Machine = { name: 'm', processor: 'Some processor', cores: 2, memoryGiB: 8, gpu: null };
const result: SweepResult = {
  sweep: {
    name: 'batch-size',
    title: 'Seconds by batch',
    unit: 'windows of a batch',
    log: false,
    points: [1, 2, 4].map((x) => ({ x, settings: { batch_size: x } })),
  },
  seconds: new Map([['default', [0.5, 1, 2]]]),
};
const marks = '<!-- scaling: written by npm run bench -- --scaling -->\nold\n<!-- /scaling -->';

test('a power is that of the curve', (t) => {
  t.true(Math.abs(growthPower([1, 2, 4, 8], [3, 12, 48, 192]) - 2) < 1e-12);
  t.true(Math.abs(growthPower([1, 10, 100], [5, 5, 5])) < 1e-12);
});

test('a study stands between its marks, with its charts beside it', async (t) => {
  const folder = await mkdtemp(join(tmpdir(), 'scaling-'));
  t.teardown(() => rm(folder, { recursive: true }));
  const path = join(folder, 'README.md');
  await writeFile(path, `before\n${marks}\nafter\n`);
  await writeStudy(folder, machine, 2, [result]);
  const readme = await readFile(path, 'utf8');
  t.true(readme.startsWith('before\n<!-- scaling:'));
  t.true(readme.endsWith('<!-- /scaling -->\n\nafter\n'));
  t.false(readme.includes('old'));
  t.true(readme.includes('](scaling/batch-size.svg)'));
  t.true(readme.includes('from 1 to 4, 0.500 s to 2.000 s: 4.0 times as long for 4.0 times the windows'));
  t.true(readme.includes('their power 1.00'));
  const svg = await readFile(join(folder, 'scaling', 'batch-size.svg'), 'utf8');
  // The page's colours are variables, which a file by itself has to bring.
  t.regex(svg, /^<svg [^>]*viewBox[^>]*><style>\s*:root \{ --paper/);
  t.regex(svg, /var\(--series-1\)/);
  const numbers = JSON.parse(await readFile(join(folder, 'scaling', 'scaling.json'), 'utf8')) as {
    sweeps: { seconds_per_step: unknown }[];
  };
  t.deepEqual(numbers.sweeps[0].seconds_per_step, { default: [0.5, 1, 2] });
});

test('a text without the marks is left as it is', async (t) => {
  const folder = await mkdtemp(join(tmpdir(), 'scaling-'));
  t.teardown(() => rm(folder, { recursive: true }));
  await writeFile(join(folder, 'README.md'), 'no marks');
  await t.throwsAsync(writeStudy(folder, machine, 2, [result]), {
    instanceOf: QaError,
    message: /the lines/,
  });
  t.is(await readFile(join(folder, 'README.md'), 'utf8'), 'no marks');
});

test('a study that goes elsewhere has its numbers and charts, and no page', async (t) => {
  const folder = await mkdtemp(join(tmpdir(), 'scaling-'));
  t.teardown(() => rm(folder, { recursive: true }));
  await writeStudy(folder, machine, 2, [result]);
  t.deepEqual(await readdir(folder), ['scaling']);
  t.deepEqual((await readdir(join(folder, 'scaling'))).sort(), ['batch-size.svg', 'scaling.json']);
});

test("a GPU's steps are measured once they are recorded", (t) => {
  // Whole batches and an epoch's last, of a thousand windows, come twice each in two epochs: 2 * 1000 / 24, rounded up.
  t.true(paceOf('cuda', false).warmUp > 84);
  t.is(paceOf('cpu', false).warmUp, 1);
});
