import type { Feature } from '../data/examples.js';
import { QaError } from '../errors.js';
import type { BestSpans } from './best-spans.js';
import { topIndexes } from './top-indexes.js';

/** A window of a question, with a start and an end logit for each position, or for more of them (padding). */
export interface WindowLogits {
  /** The question's id, for errors. */
  readonly id: string;
  readonly feature: Feature;
  readonly start: Float32Array;
  readonly end: Float32Array;
}

export interface SpanLimits {
  /** How many of a window's best starts and ends are paired. */
  readonly nBestSize: number;
  /** Tokens of the longest span. */
  readonly maxAnswerLength: number;
}

/** Adds the window's spans in the notebook's order: by start, the best first, then by end. */
export function addSpans(best: BestSpans, window: WindowLogits, limits: SpanLimits): void {
  pair(
    best,
    window,
    topOf('start', window, limits.nBestSize),
    topOf('end', window, limits.nBestSize),
    limits,
  );
}

/**
 * Adds the best of the window's spans, and perhaps others. The best of all spans is found in one pass, and as a rule its
 * start and its end are among the best: then nothing needs to be ranked, which would be most of the work.
 */
export function addBestSpan(best: BestSpans, window: WindowLogits, limits: SpanLimits): void {
  const span = bestOfAll(window, limits.maxAnswerLength);
  const isRanked =
    span !== undefined &&
    rankOf(window.start, span.first) < limits.nBestSize &&
    rankOf(window.end, span.last) < limits.nBestSize;
  if (isRanked) pair(best, window, [span.first], [span.last], limits);
  else addSpans(best, window, limits);
}

/**
 * Positions of the span of the highest score, whatever the ranks of its start and its end; undefined where there is none,
 * or where several have that score and the ranks have to choose.
 */
function bestOfAll(
  { feature: { contextStart, offsets }, start, end }: WindowLogits,
  maxAnswerLength: number,
): { readonly first: number; readonly last: number } | undefined {
  const contextEnd = contextStart + offsets.length / 2;
  let best = { first: 0, last: 0 };
  let bestScore = -Infinity;
  let isOnly = false;
  // The best start for the end `last`. It stays from end to end, until a better one comes or the span becomes too long.
  let first = contextStart;
  for (let last = contextStart; last < contextEnd; last++) {
    if (start[last] >= start[first]) first = last;
    if (last - first >= maxAnswerLength) first = indexOfMost(start, first + 1, last);
    const score = Math.fround(start[first] + end[last]);
    if (score < bestScore) continue;
    isOnly = score > bestScore;
    bestScore = score;
    best = { first, last };
  }
  return isOnly ? best : undefined;
}

/** Index of the largest value from `from` to `to`, the last of equals. */
function indexOfMost(values: Float32Array, from: number, to: number): number {
  let most = from;
  for (let at = from + 1; at <= to; at++) if (values[at] >= values[most]) most = at;
  return most;
}

/** How many values `topIndexes` puts before that of `index`; NaN where it finds one that is not finite. */
function rankOf(values: Float32Array, index: number): number {
  const value = values[index];
  let rank = 0;
  for (let at = 0; at < values.length; at++) {
    const other = values[at];
    if (other < value) continue;
    if (!(other < Infinity)) return NaN;
    if (other > value || at > index) rank++;
  }
  return rank;
}

/** Positions of the highest logits, the highest first. */
function topOf(row: 'start' | 'end', window: WindowLogits, count: number): number[] {
  const indexes = topIndexes(window[row], count);
  if (indexes !== null) return indexes;
  throw new QaError(
    `Expected finite logits for question ${window.id}, got NaN or infinity; the model's weights are damaged or its ` +
      'training diverged: use an earlier checkpoint or a lower learning rate.',
    'ERR_LOGITS',
  );
}

function pair(
  best: BestSpans,
  { feature, start, end }: WindowLogits,
  starts: readonly number[],
  ends: readonly number[],
  limits: SpanLimits,
): void {
  const { contextStart, offsets } = feature;
  for (const startIndex of starts) {
    // Outside the context it starts nothing, not even the span of itself.
    if (!isSpan(feature, startIndex, startIndex, limits)) continue;
    const startLogit = start[startIndex];
    for (const endIndex of ends) {
      const endLogit = end[endIndex];
      const score = Math.fround(startLogit + endLogit);
      // The ends that follow are no better.
      if (!best.accepts(score)) break;
      if (!isSpan(feature, startIndex, endIndex, limits)) continue;
      const [from, to] = [startIndex - contextStart, endIndex - contextStart];
      best.add(offsets[2 * from], offsets[2 * to + 1], startLogit, endLogit, score);
    }
  }
}

/** Whether a window's positions are the first and the last of a span of its context: the question and padding are none. */
function isSpan(
  { contextStart, offsets }: Feature,
  start: number,
  end: number,
  { maxAnswerLength }: SpanLimits,
): boolean {
  const contextEnd = contextStart + offsets.length / 2;
  return start >= contextStart && end >= start && end < contextEnd && end - start < maxAnswerLength;
}
