import { BestSpans, type Span } from '../evaluate/best-spans.js';
import { addNullAnswer, lowestNull } from '../evaluate/null-answer.js';
import { noAnswer, toCandidates, type Candidate } from '../evaluate/postprocess.js';
import { addSpans, type SpanLimits, type WindowLogits } from '../evaluate/window-spans.js';

/** `run_qa.py`'s: how many of the best starts and ends are paired, and how many spans share the probability. */
const usualNBestSize = 20;

/** What `ReadOptions` ask for. */
export interface Wanted {
  readonly topK: number;
  readonly maxAnswerLength: number;
  readonly nullAnswer: boolean;
}

/**
 * The candidates of one question, the best first. The best one is evaluation's. Of the others evaluation has those twice
 * that two windows share, which tells where the windows were cut and nothing of the answer: here each is there once, with
 * its better score, and no cut changes what probability it has among the others.
 *
 * @param windows all of the question, in their order
 * @throws QaError `ERR_LOGITS` where a logit is NaN or +infinity
 */
export function rankAnswers(
  windows: readonly WindowLogits[],
  context: string,
  { topK, maxAnswerLength, nullAnswer }: Wanted,
): Candidate[] {
  const nBestSize = Math.max(usualNBestSize, topK);
  const spans = spansOf(windows, nBestSize, maxAnswerLength);
  if (!nullAnswer) return spans.length === 0 ? [noAnswer] : toCandidates(spans, context);
  const none = lowestNull(windows);
  // Alone it needs nothing to be weighed against, as it would in evaluation.
  return toCandidates(spans.length === 0 ? [none] : addNullAnswer(spans, none, nBestSize), context);
}

/**
 * The best spans of all windows. The best starts and ends may have no pair among them that is short enough: then all are
 * paired, so that a context with a token has an answer.
 */
function spansOf(windows: readonly WindowLogits[], nBestSize: number, maxAnswerLength: number): Span[] {
  const spans = pairs(windows, nBestSize, { nBestSize, maxAnswerLength });
  if (spans.length > 0) return spans;
  const longest = windows.reduce((most, { start }) => Math.max(most, start.length), 1);
  return pairs(windows, nBestSize, { nBestSize: longest, maxAnswerLength });
}

function pairs(windows: readonly WindowLogits[], count: number, limits: SpanLimits): Span[] {
  const best = new BestSpans(count, true);
  for (const window of windows) addSpans(best, window, limits);
  return best.toArray();
}
