import { readFile, readdir } from 'node:fs/promises';
import { join } from 'node:path';
import type { ChangedAnswers } from './answers.js';
import { describeAnswers } from './answers.js';
import type { Limits } from './limits.js';
import type { Machine } from './machine.js';
import { replacePart, writeChart } from './pages.js';
import type { Ratio, Time } from './ratios.js';
import { medianOf, type Samples } from './samples.js';
import { limitLine, medianTable, ratioTable, sampleTable, timeTable } from './table.js';
import { labels, variants } from './variants.js';

/** What is read of a file of results. */
export interface Results {
  /** When they were measured, in ISO 8601; the first files do not say. */
  readonly date?: string;
  readonly machine: Machine;
  readonly software: { readonly torch: string };
  readonly settings: { readonly device: string; readonly threads: number };
  readonly limits: Limits;
  readonly measurements: readonly Samples[];
  readonly ratios: readonly Ratio[];
  /** Those that were asked for: of a GPU. */
  readonly times?: readonly Time[];
  readonly answers: readonly ChangedAnswers[];
}

function placeOf({ machine, settings, software }: Results): string {
  return `${machine.gpu ?? machine.processor}, ${settings.threads} threads, torch ${software.torch}`;
}

function chartOf({ measurements }: Results) {
  const steps = measurements.filter(({ what }) => what.startsWith('step '));
  const models = [...new Set(steps.map(({ what }) => what))];
  return {
    kind: 'bars' as const,
    title: 'Seconds a training step of 12 x 384, by model and program',
    groups: models.map((what) => what.replace('step ', '')),
    y: { name: 'seconds a step' },
    bars: variants
      .filter((variant) => steps.some((entry) => entry.variant === variant))
      .map((variant) => ({
        name: labels[variant],
        values: models.map((what) => medianOf(steps, what, variant) ?? 0),
      })),
  };
}

/** All of a machine's results as Markdown. */
function wholeMarkdown(results: Results): string {
  const { limits, measurements, ratios, times = [], answers } = results;
  const changed = describeAnswers(answers)
    .split('\n')
    .filter((line) => line !== '')
    .map((line) => `- ${line}`);
  return [
    `### ${placeOf(results)}`,
    ...(results.date === undefined ? [] : [`Measured on ${results.date.slice(0, 10)}.`]),
    limitLine(limits).trim(),
    sampleTable(measurements).trim(),
    ratioTable(ratios).trim(),
    ...(times.length > 0 ? [timeTable(times).trim()] : []),
    ...(changed.length > 0 ? [changed.join('\n')] : []),
  ].join('\n\n');
}

/** A machine's steps and evaluations, and how many times as fast as Python they are. */
function shortMarkdown(results: Results): string {
  const { name } = results.machine;
  const title = `Seconds a training step on ${placeOf(results)}`;
  return [
    `Medians on ${placeOf(results)}, and how many times as fast as Python:`,
    medianTable(results.measurements).trim(),
    `![${title}](bench/results/${name}.svg)`,
  ].join('\n\n');
}

async function readResults(folder: string): Promise<Results[]> {
  const files = (await readdir(folder)).filter((name) => /(?<!-quick)\.json$/.test(name)).sort();
  return Promise.all(
    files.map(async (name) => JSON.parse(await readFile(join(folder, name), 'utf8')) as Results),
  );
}

/** The machine measured last, in short; of others only that there are some. */
function frontMarkdown(all: readonly Results[]): string[] {
  const byDate = [...all].sort((a, b) => (a.date ?? '').localeCompare(b.date ?? ''));
  const others = all.length - 1;
  const elsewhere = `On ${others === 1 ? 'another machine' : `${others} other machines`}: [bench/](bench/README.md#results).`;
  return [...byDate.slice(-1).map(shortMarkdown), ...(others > 0 ? [elsewhere] : [])];
}

/**
 * Writes the charts of all machines in `folder/results`, and what was measured into `folder/README.md` and, in short,
 * that of the last one into the package's front page, where that lies above.
 */
export async function writeResultPages(folder: string): Promise<void> {
  const all = await readResults(join(folder, 'results'));
  const pages = [
    { path: join(folder, 'README.md'), text: all.map(wholeMarkdown) },
    { path: join(folder, '..', 'README.md'), text: frontMarkdown(all) },
  ];
  for (const { path, text } of pages) {
    await replacePart(path, 'results', text.join('\n\n'));
  }
  for (const results of all) {
    await writeChart(join(folder, 'results', `${results.machine.name}.svg`), chartOf(results));
  }
}
