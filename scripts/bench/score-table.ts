import { spreadOf, type Spread } from '../../src/reproduce/spread.js';
import type { ArithmeticName } from './arithmetics.js';
import type { Scores } from './kept-scores.js';
import type { Score } from './score-run.js';
import { markdown } from './table.js';

type Metric = 'f1' | 'exact_match';

const metrics: readonly (readonly [Metric, string])[] = [
  ['f1', 'F1'],
  ['exact_match', 'EM'],
];

/** The seeds whose runs are all done: others would be compared with what is not there. */
export function completeSeeds({ seeds, arithmetics, runs }: Scores): number[] {
  return seeds.filter((seed) => runs.filter((run) => run.seed === seed).length === arithmetics.length);
}

/** The values of one arithmetic over the complete seeds. */
function valuesOf(scores: Scores, arithmetic: ArithmeticName, metric: Metric): number[] {
  const of = (seed: number) => (run: Score) => run.seed === seed && run.arithmetic === arithmetic;
  return completeSeeds(scores).map((seed) => scores.runs.find(of(seed))?.[metric] ?? NaN);
}

export function f1Of(scores: Scores, arithmetic: ArithmeticName): Spread {
  return spreadOf(valuesOf(scores, arithmetic, 'f1'));
}

/** How far a metric's values lie apart. */
export function rangeOf({ least, most }: Spread): number {
  return most - least;
}

/** A row for each metric and arithmetic, a column for each seed, their mean and how far they lie apart. */
export function scoreTable(scores: Scores): string {
  const seeds = completeSeeds(scores);
  if (seeds.length === 0) return 'No seed is complete yet.\n';
  const rows = metrics.flatMap(([metric, title]) =>
    scores.arithmetics.map((arithmetic) => {
      const values = valuesOf(scores, arithmetic, metric);
      const spread = spreadOf(values);
      const figures = [...values, spread.mean, rangeOf(spread)].map((value) => value.toFixed(2));
      return [`${title}, ${arithmetic}`, ...figures];
    }),
  );
  return markdown(['', ...seeds.map((seed) => `seed ${seed}`), 'mean', 'most - least'], rows);
}
