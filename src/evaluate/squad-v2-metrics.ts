import type { Example } from '../data/examples.js';
import { QaError } from '../errors.js';
import {
  metricMaxOverGroundTruths,
  normalizeAnswer,
  predictionOf,
  sameText,
  wordOverlap,
} from './metrics.js';
import type { Predictions } from './metrics.js';

// The official SQuAD v2.0 evaluation (Rajpurkar et al. 2018, arXiv:1806.03822; evaluate-v2.0.py): the same operations on
// doubles in the same order, so that the scores are equal, not close. (Python sums so before 3.12; later versions carry
// the rounding errors along, and the last digit may differ.)

/** The official evaluator's keys, in its order; percentages, counts, and thresholds as they were given. */
export interface SquadV2Metrics {
  readonly exact: number;
  readonly f1: number;
  readonly total: number;
  /** Of the questions that have an answer; left out where there is none. */
  readonly HasAns_exact?: number;
  readonly HasAns_f1?: number;
  readonly HasAns_total?: number;
  /** Of those that have none. */
  readonly NoAns_exact?: number;
  readonly NoAns_f1?: number;
  readonly NoAns_total?: number;
  /** The best score that a threshold for giving no answer can reach, and that threshold; with `noAnswerOdds` only. */
  readonly best_exact?: number;
  readonly best_exact_thresh?: number;
  readonly best_f1?: number;
  readonly best_f1_thresh?: number;
}

/** What the metrics weigh beside the predictions. */
export interface SquadV2Options {
  /** How much speaks for no answer, by question id: null_odds.json, or probabilities. Order breaks ties. */
  readonly noAnswerOdds?: ReadonlyMap<string, number> | undefined;
  /** A question whose odds are above this counts as left unanswered, whatever was predicted: `--na-prob-thresh`. */
  readonly noAnswerThreshold?: number | undefined;
}

/** What one question adds. */
interface Score {
  readonly id: string;
  readonly hasAnswer: boolean;
  /** Whether an answer was predicted, not nothing. */
  readonly isAnswered: boolean;
  readonly exact: number;
  readonly f1: number;
}

type Measure = 'exact' | 'f1';

/**
 * EM and F1 where questions may have no answer: then the empty text is the only right one.
 * @throws QaError where there is no question, or one lacks its prediction or its odds, as the official evaluator fails
 */
export function squadV2Metrics(
  predictions: Predictions,
  examples: readonly Example[],
  { noAnswerOdds, noAnswerThreshold = 1 }: SquadV2Options = {},
): SquadV2Metrics {
  if (examples.length === 0) {
    throw new QaError('Expected at least one question to score, got none.', 'ERR_NO_ANSWER');
  }
  const raw = examples.map((example) => score(example, predictions));
  const scores = raw.map((row): Score => {
    // The official evaluator takes odds that are not given for 0.
    const odds = noAnswerOdds === undefined ? 0 : oddsOf(noAnswerOdds, row.id);
    if (!(odds > noAnswerThreshold)) return row;
    const unanswered = row.hasAnswer ? 0 : 1;
    return { ...row, exact: unanswered, f1: unanswered };
  });
  return {
    exact: average(scores, 'exact'),
    f1: average(scores, 'f1'),
    total: scores.length,
    ...part(
      'HasAns',
      scores.filter(({ hasAnswer }) => hasAnswer),
    ),
    ...part(
      'NoAns',
      scores.filter(({ hasAnswer }) => !hasAnswer),
    ),
    ...(noAnswerOdds === undefined
      ? {}
      : { ...bestThreshold('exact', raw, noAnswerOdds), ...bestThreshold('f1', raw, noAnswerOdds) }),
  };
}

function score({ id, answers }: Example, predictions: Predictions): Score {
  const predicted = predictionOf(predictions, id);
  if (predicted === undefined) {
    throw new QaError(
      `Expected a prediction for each question, got none for ${id}; give "" for a question without an answer.`,
      'ERR_PREDICTIONS',
    );
  }
  const prediction = normalizeAnswer(predicted);
  const accepted = answers.map(({ text }) => normalizeAnswer(text)).filter((text) => text !== '');
  const groundTruths = accepted.length > 0 ? accepted : [''];
  return {
    id,
    hasAnswer: answers.length > 0,
    isAnswered: predicted !== '',
    exact: metricMaxOverGroundTruths(sameText, prediction, groundTruths),
    f1: metricMaxOverGroundTruths(overlap, prediction, groundTruths),
  };
}

/** F1 of normalised texts; nothing agrees with nothing. */
function overlap(prediction: string, groundTruth: string): number {
  return prediction === '' || groundTruth === ''
    ? sameText(prediction, groundTruth)
    : wordOverlap(prediction, groundTruth);
}

function average(scores: readonly Score[], measure: Measure): number {
  return (100.0 * scores.reduce((sum, score) => sum + score[measure], 0)) / scores.length;
}

function part(name: 'HasAns' | 'NoAns', scores: readonly Score[]): Partial<SquadV2Metrics> {
  if (scores.length === 0) return {};
  return {
    [`${name}_exact`]: average(scores, 'exact'),
    [`${name}_f1`]: average(scores, 'f1'),
    [`${name}_total`]: scores.length,
  };
}

/**
 * Starts with every question left unanswered, answers one after the other in the order of their odds, and keeps the best
 * total on the way.
 */
function bestThreshold(
  measure: Measure,
  scores: readonly Score[],
  odds: ReadonlyMap<string, number>,
): Partial<SquadV2Metrics> {
  const byId = new Map(scores.map((score) => [score.id, score]));
  let total = scores.filter(({ hasAnswer }) => !hasAnswer).length;
  let best = total;
  let threshold = 0;
  for (const [id, value] of [...odds].sort(([, a], [, b]) => a - b)) {
    const score = byId.get(id);
    if (score === undefined) continue;
    total += score.hasAnswer ? score[measure] : score.isAnswered ? -1 : 0;
    if (total > best) {
      best = total;
      threshold = value;
    }
  }
  return { [`best_${measure}`]: (100.0 * best) / scores.length, [`best_${measure}_thresh`]: threshold };
}

function oddsOf(odds: ReadonlyMap<string, number>, id: string): number {
  const value = odds.get(id);
  if (value !== undefined && !Number.isNaN(value)) return value;
  throw new QaError(
    `Expected a number for each question among the odds of no answer, got ${value ?? 'none'} for ${id}; give the null_odds.json that ` +
      'belongs to the predictions.',
    'ERR_PREDICTIONS',
  );
}
