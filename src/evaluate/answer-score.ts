import type { Answer } from '../data/examples.js';
import { exactMatchScore, f1Score, metricMaxOverGroundTruths, normalizeAnswer } from './metrics.js';

/** How right one answer is, both 0 to 1. */
export interface AnswerScore {
  readonly exactMatch: number;
  readonly f1: number;
}

/** Scores one answer against the accepted ones, by the best of them; without any, as in SQuAD v2.0, none is right. */
export function scoreAnswer(text: string, accepted: readonly Answer[]): AnswerScore {
  if (accepted.length === 0) {
    const score = normalizeAnswer(text) === '' ? 1 : 0;
    return { exactMatch: score, f1: score };
  }
  const texts = accepted.map((answer) => answer.text);
  return {
    exactMatch: metricMaxOverGroundTruths(exactMatchScore, text, texts),
    f1: metricMaxOverGroundTruths(f1Score, text, texts),
  };
}
