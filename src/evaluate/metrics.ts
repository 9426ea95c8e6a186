import type { Answer, Example } from '../data/examples.js';
import { QaError, excerptOf } from '../errors.js';
import { asciiAnswerWords } from './ascii-answer.js';
import { blankArticles, lower, removePunctuation, splitWords } from './python-text.js';

// The official SQuAD v1.1 evaluation (Rajpurkar et al. 2016, arXiv:1606.05250, section 6), which `load_metric('squad')`
// computes too: the same operations on doubles in the same order, so that the scores are equal, not close.

/** Percentages, in the keys of the official evaluator's output. */
export interface SquadMetrics {
  readonly exact_match: number;
  readonly f1: number;
}

/** The predicted text of each question's id. */
export type Predictions = ReadonlyMap<string, string> | Readonly<Record<string, string>>;

/** Lower case, without punctuation and articles, words apart by one space. */
export function normalizeAnswer(text: string): string {
  return answerWords(text).join(' ');
}

/** The words of a normalised text. */
function answerWords(text: string): readonly string[] {
  return asciiAnswerWords(text) ?? anyAnswerWords(text);
}

/** The long way, which takes the evaluator's steps one by one. */
export function anyAnswerWords(text: string): string[] {
  return splitWords(blankArticles(removePunctuation(lower(text))));
}

/** 1 if both are the same once normalised, else 0. */
export function exactMatchScore(prediction: string, groundTruth: string): number {
  return sameText(normalizeAnswer(prediction), normalizeAnswer(groundTruth));
}

/** The harmonic mean of precision and recall of the normalised words, each counted as often as it occurs: 0 to 1. */
export function f1Score(prediction: string, groundTruth: string): number {
  return wordOverlap(normalizeAnswer(prediction), normalizeAnswer(groundTruth));
}

/** The best score against any of the accepted answers. Throws where there is none. */
export function metricMaxOverGroundTruths(
  metric: (prediction: string, groundTruth: string) => number,
  prediction: string,
  groundTruths: readonly string[],
): number {
  if (groundTruths.length === 0) {
    throw new QaError('Expected at least one accepted answer to score against, got none.', 'ERR_NO_ANSWER');
  }
  return Math.max(...groundTruths.map((groundTruth) => metric(prediction, groundTruth)));
}

/**
 * EM and F1 over all examples, in percent. An example without a prediction scores 0: see `missingPredictions`.
 * Throws where there is no example, an example has no accepted answer, or a prediction is not a string.
 */
export function squadMetrics(predictions: Predictions, examples: readonly Example[]): SquadMetrics {
  if (examples.length === 0) {
    throw new QaError('Expected at least one question to score, got none.', 'ERR_NO_ANSWER');
  }
  let exactMatch = 0;
  let f1 = 0;
  for (const { id, answers } of examples) {
    if (answers.length === 0) {
      throw new QaError(
        `Expected accepted answers of question ${id}, got none; SQuAD v1.1 has at least one for each question: ` +
          'where some have none, score as v2.0 does (`version2WithNegative`).',
        'ERR_NO_ANSWER',
      );
    }
    const predicted = predictionOf(predictions, id);
    if (predicted === undefined) continue;
    const best = bestScores(predicted, answers);
    exactMatch += best.exactMatch;
    f1 += best.f1;
  }
  return {
    exact_match: (100.0 * exactMatch) / examples.length,
    f1: (100.0 * f1) / examples.length,
  };
}

/** Both scores against the accepted answers, the best of each: `metricMaxOverGroundTruths`, with every text split once. */
function bestScores(
  predicted: string,
  answers: readonly Answer[],
): { readonly exactMatch: number; readonly f1: number } {
  const prediction = answerWords(predicted);
  const matched = { exactMatch: 1, f1: prediction.length > 0 ? 1 : 0 };
  // The same text needs no splitting to be the same, and a match is the best of both scores.
  if (answers.some(({ text }) => text === predicted)) return matched;
  let f1 = 0;
  for (const [index, { text }] of answers.entries()) {
    // Annotators mostly agree, and what they agree on counts once in a maximum.
    if (answers.findIndex((other) => other.text === text) < index) continue;
    const accepted = answerWords(text);
    if (sameWords(prediction, accepted)) return matched;
    f1 = Math.max(f1, overlapOfWords(prediction, accepted));
  }
  return { exactMatch: 0, f1 };
}

/** Ids of the examples without a prediction, in their order. */
export function missingPredictions(predictions: Predictions, examples: readonly Example[]): string[] {
  return examples.map(({ id }) => id).filter((id) => predictionOf(predictions, id) === undefined);
}

/** The predicted text, or undefined where there is none. Predictions often come from a file: what they hold is checked. */
export function predictionOf(predictions: Predictions, id: string): string | undefined {
  const prediction: unknown =
    predictions instanceof Map
      ? predictions.get(id)
      : Object.getOwnPropertyDescriptor(predictions, id)?.value;
  if (prediction === undefined || typeof prediction === 'string') return prediction;
  throw new QaError(
    `Expected the prediction for question ${id} to be a string, got ${excerptOf(JSON.stringify(prediction))}; ` +
      'predictions are an object of texts by question id.',
    'ERR_PREDICTIONS',
  );
}

/** 1 or 0, of normalised texts. */
export function sameText(prediction: string, groundTruth: string): number {
  return prediction === groundTruth ? 1 : 0;
}

/** F1 of normalised texts, whose words are one blank apart. */
export function wordOverlap(prediction: string, groundTruth: string): number {
  const words = (text: string) => (text === '' ? [] : text.split(' '));
  return overlapOfWords(words(prediction), words(groundTruth));
}

function sameWords(predicted: readonly string[], accepted: readonly string[]): boolean {
  return predicted.length === accepted.length && predicted.every((word, index) => word === accepted[index]);
}

function overlapOfWords(predicted: readonly string[], accepted: readonly string[]): number {
  // Answers have few words: looking each up in a list costs less than counting them in a map.
  const left = [...accepted];
  let common = 0;
  for (const word of predicted) {
    const index = left.indexOf(word);
    if (index < 0) continue;
    left.splice(index, 1);
    common += 1;
  }
  if (common === 0) return 0;
  const precision = common / predicted.length;
  const recall = common / accepted.length;
  return (2 * precision * recall) / (precision + recall);
}
