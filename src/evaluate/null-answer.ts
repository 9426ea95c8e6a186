import type { Span } from './best-spans.js';
import type { WindowLogits } from './window-spans.js';

// Questions without an answer, as `postprocess_qa_predictions` of Hugging Face's utils_qa.py answers them: [CLS], the
// first position of every window, stands for "no answer".

/** A span of a context, or an answer that is no part of it. */
export interface AnswerSpan extends Span {
  readonly text?: string;
}

/** utils_qa.py's stand-in where there is nothing but the null answer. */
const emptyPrediction: AnswerSpan = {
  text: 'empty',
  start: 0,
  end: 0,
  startLogit: 0,
  endLogit: 0,
  score: 0,
};

/**
 * The null answer of one question: that of the window which believes in it least, the first of equals. Without a window
 * it scores 0.
 */
export function lowestNull(windows: readonly WindowLogits[]): Span {
  const nulls = windows.map(({ start, end }) => {
    const [startLogit, endLogit] = [start[0], end[0]];
    return { start: 0, end: 0, startLogit, endLogit, score: Math.fround(startLogit + endLogit) };
  });
  const [first = { ...emptyPrediction }, ...others] = nulls;
  return others.reduce((lowest, span) => (lowest.score > span.score ? span : lowest), first);
}

/**
 * The best spans with the null answer among them: behind those of its score, and last where `nBestSize` others are
 * better. Alone it gets a stand-in before it, so that there is something to weigh it against.
 */
export function addNullAnswer(spans: readonly Span[], nullAnswer: Span, nBestSize: number): AnswerSpan[] {
  const rank = spans.findIndex(({ score }) => score < nullAnswer.score);
  const all = spans.toSpliced(rank < 0 ? spans.length : rank, 0, nullAnswer);
  const best: AnswerSpan[] = all.slice(0, nBestSize);
  if (!best.includes(nullAnswer)) best.push(nullAnswer);
  return best.length === 1 ? [emptyPrediction, nullAnswer] : best;
}

/** The answer that is given, and by how much the null answer's score is above the best other one's, in float32. */
export function chooseAnswer(
  candidates: readonly (AnswerSpan & { readonly text: string })[],
  nullAnswer: Span,
  nullScoreDiffThreshold: number,
): { readonly text: string; readonly odds: number } {
  const best = candidates.find(({ text }) => text !== '') ?? { ...emptyPrediction, text: '' };
  const odds = Math.fround(Math.fround(nullAnswer.score - best.startLogit) - best.endLogit);
  // numpy compares a float32 with a plain number in float32.
  return { text: odds > Math.fround(nullScoreDiffThreshold) ? '' : best.text, odds };
}
