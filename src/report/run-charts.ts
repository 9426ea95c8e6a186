import { number } from '../counts.js';
import type { Example } from '../data/examples.js';
import { breakDown, type Grouping, type Slice } from '../evaluate/breakdown.js';
import type { Predictions } from '../evaluate/metrics.js';
import type { Chart, Line } from './section.js';

/** The losses of every step of some runs, with their smoothed courses. */
export function lossChart(
  runs: readonly { readonly name: string; readonly losses: readonly number[] }[],
): Chart {
  const points = (losses: readonly number[]) =>
    thinned(losses.map((loss, index) => [index + 1, loss] as const));
  return {
    kind: 'lines',
    title: 'Training loss: the mean around each step, and faint that of the step alone',
    x: { name: 'step', least: 0 },
    y: { name: 'loss' },
    lines: runs.flatMap(({ name, losses }): Line[] => [
      { name, points: points(smoothed(losses)) },
      { name: `${name}, each step`, points: points(losses), group: name, style: 'faint' },
    ]),
  };
}

/** EM and F1 of each group of questions, a chart each. */
export function sliceCharts(
  runs: readonly { readonly name: string; readonly predictions: Predictions }[],
  examples: readonly Example[],
  grouping: Grouping,
): Chart[] {
  const slices = runs.map(({ predictions }) => breakDown(predictions, examples, grouping));
  const groups = slices[0].map(({ name, questions }) => `${name} (${number(questions)})`);
  const chart = (score: string, read: (slice: Slice) => number): Chart => ({
    kind: 'bars',
    title: `${score} by ${grouping.title}, with the number of questions`,
    groups,
    y: { name: `${score} (%)` },
    bars: runs.map(({ name }, index) => ({ name, values: slices[index].map(read) })),
  });
  return [chart('EM', ({ exactMatch }) => exactMatch), chart('F1', ({ f1 }) => f1)];
}

/** The mean over a window of a fiftieth of the run around each step. */
export function smoothed(values: readonly number[]): number[] {
  const reach = Math.max(1, Math.round(values.length / 100));
  const sums = [0];
  for (const value of values) sums.push(sums[sums.length - 1] + value);
  return values.map((_, index) => {
    const [from, to] = [Math.max(0, index - reach), Math.min(values.length, index + reach + 1)];
    return (sums[to] - sums[from]) / (to - from);
  });
}

/** As many points as a screen shows, the last one among them. */
function thinned<T>(points: readonly T[], limit = 600): T[] {
  const every = Math.max(1, Math.ceil(points.length / limit));
  return points.filter((_, index) => index % every === 0 || index === points.length - 1);
}
