import { join } from 'node:path';
import { writeJsonAtomic } from '../../src/formats/atomic-file.js';
import type { Chart } from '../../src/report/section.js';
import { describeSoftware, type Machine } from './machine.js';
import { replacePart, writeChart } from './pages.js';
import type { Sweep } from './sweeps.js';
import { labels, type Variant } from './variants.js';

export interface SweepResult {
  readonly sweep: Sweep;
  /** Seconds of a step at each of the sweep's points. */
  readonly seconds: ReadonlyMap<Variant, readonly number[]>;
}

/** The slope of a straight line through the logarithms: y grows as x to this power. Least squares. */
export function growthPower(xs: readonly number[], ys: readonly number[]): number {
  const [u, v] = [xs.map(Math.log), ys.map(Math.log)];
  const mean = (values: readonly number[]) => values.reduce((sum, value) => sum + value, 0) / values.length;
  const [meanU, meanV] = [mean(u), mean(v)];
  const covariance = mean(u.map((value, index) => (value - meanU) * (v[index] - meanV)));
  return covariance / mean(u.map((value) => (value - meanU) ** 2));
}

function axis(name: string, log: boolean) {
  return log ? { name, log } : { name, least: 0 };
}

function chartOf({ sweep, seconds }: SweepResult): Chart {
  return {
    kind: 'lines',
    title: sweep.title,
    x: axis(sweep.unit, sweep.log),
    y: axis('seconds a step', sweep.log),
    lines: [...seconds].map(([variant, values]) => ({
      name: labels[variant],
      points: values.map((value, index) => [sweep.points[index].x, value] as const),
    })),
  };
}

/** What a sweep says, by its ends and its fitted power. */
function describeSweep({ sweep, seconds }: SweepResult): string {
  const xs = sweep.points.map(({ x }) => x);
  const name = (index: number) => sweep.points[index].label ?? String(sweep.points[index].x);
  const sentences = [...seconds].map(([variant, values]) => {
    const last = values.length - 1;
    const [longer, larger] = [values[last] / values[0], xs[last] / xs[0]];
    return (
      `**${labels[variant]}**: from ${name(0)} to ${name(last)}, ${values[0].toFixed(3)} s to ${values[last].toFixed(3)} s: ` +
      `${longer.toFixed(1)} times as long for ${larger.toFixed(1)} times the ${sweep.unit.replace('million ', '')}, which is their power ` +
      `${growthPower(xs, values).toFixed(2)}.`
    );
  });
  return sentences.map((sentence) => `- ${sentence}\n`).join('');
}

/** The study as Markdown: a chart and its sentences for each sweep. */
function studyMarkdown(machine: Machine, threads: number, results: readonly SweepResult[]): string {
  const place = `${machine.gpu ?? machine.processor}, ${threads} threads`;
  const parts = results.map(
    (result) => `![${result.sweep.title}](scaling/${result.sweep.name}.svg)\n\n${describeSweep(result)}`,
  );
  return `Measured on ${place}. A power of 1 means that twice as much costs twice as long.\n\n${parts.join('\n')}`;
}

/** Writes `scaling/*.svg`, `scaling/scaling.json` and the study's part of README.md. */
export async function writeStudy(
  folder: string,
  machine: Machine,
  threads: number,
  results: readonly SweepResult[],
): Promise<void> {
  for (const result of results) {
    await writeChart(join(folder, 'scaling', `${result.sweep.name}.svg`), chartOf(result));
  }
  await writeJsonAtomic(join(folder, 'scaling', 'scaling.json'), {
    machine,
    software: describeSoftware(),
    threads,
    sweeps: results.map(({ sweep, seconds }) => ({
      name: sweep.name,
      unit: sweep.unit,
      points: sweep.points.map(({ x, label }) => label ?? x),
      seconds_per_step: Object.fromEntries(seconds),
    })),
  });
  await replacePart(join(folder, 'README.md'), 'scaling', studyMarkdown(machine, threads, results));
}
