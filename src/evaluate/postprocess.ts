import type { Example, Feature } from '../data/examples.js';
import { QaError } from '../errors.js';
import { atLeastOne, expectNumber } from '../number-range.js';
import { BestSpans, type Span } from './best-spans.js';
import { addNullAnswer, chooseAnswer, lowestNull, type AnswerSpan } from './null-answer.js';
import type { RawPredictions } from './predict.js';
import { addBestSpan, addSpans, type SpanLimits, type WindowLogits } from './window-spans.js';

/** Which spans may be an answer, and how many are kept: `run_qa.py`'s flags, in camelCase. */
export interface PostprocessOptions {
  /** How many of a window's best starts and ends are paired, and how many candidates are kept; by default 20. */
  readonly nBestSize?: number;
  /** Tokens of the longest answer; by default 30. */
  readonly maxAnswerLength?: number;
  /** Whether a question may have no answer, as in SQuAD v2.0; by default not. */
  readonly version2WithNegative?: boolean;
  /** By how much the null answer must be the better one to be given; by default 0. */
  readonly nullScoreDiffThreshold?: number;
}

/** A possible answer. */
export interface Candidate extends Span {
  /** The context from `start` to `end`; of the null answer, nothing. */
  readonly text: string;
  /** Softmax of the scores over the example's candidates. */
  readonly probability: number;
}

/** What came of all questions. */
export interface Postprocessed {
  /** The best candidate's text by question id, in the order of the examples. */
  readonly predictions: Map<string, string>;
  /**
   * From 1 to `nBestSize` candidates by question id, the best first; the null answer may come as one more. They cost more
   * than the answers and are made when they are read, but with `version2WithNegative`, where the answers depend on them.
   */
  readonly nbest: Map<string, Candidate[]>;
  /** With `version2WithNegative`: the null answer's score less that of the best other one, by question id. */
  readonly nullOdds?: Map<string, number>;
}

/** What stands for an example without a valid span: the notebook's fake prediction. */
export const noAnswer: Candidate = {
  text: '',
  start: 0,
  end: 0,
  startLogit: 0,
  endLogit: 0,
  score: 0,
  probability: 1,
};

/**
 * The notebook's `postprocess_qa_predictions`: pairs the best starts with the best ends of each of an example's
 * windows, and answers with the pair of the highest score that is a span of the context. Positions outside the
 * context (question, padding) take part in the choice of the best, as there, and give no answer. With
 * `version2WithNegative` the null answer takes part as in Hugging Face's utils_qa.py.
 *
 * Equal logits in a window: the higher position ranks first (see `topIndexes`). Equal scores: the pair of the earlier
 * window wins, then that of the better start, then that of the better end, as in Python's stable sort.
 *
 * @param logits a start row and an end row for each feature, of any length
 * @throws QaError `ERR_LOGITS` where rows are missing, or a logit is NaN or +infinity (naming the example)
 */
export function postprocessPredictions(
  examples: readonly Example[],
  features: readonly Feature[],
  logits: RawPredictions,
  {
    nBestSize = 20,
    maxAnswerLength = 30,
    version2WithNegative = false,
    nullScoreDiffThreshold = 0,
  }: PostprocessOptions = {},
): Postprocessed {
  expectNumber('`nBestSize`', nBestSize, atLeastOne);
  expectNumber('`maxAnswerLength`', maxAnswerLength, atLeastOne);
  const limits = { nBestSize, maxAnswerLength };
  const windows = windowsOfExamples(examples, features, logits);
  const best = new BestSpans(nBestSize);
  const rankedSpans = (exampleIndex: number): Span[] => {
    best.clear();
    for (const window of windows[exampleIndex]) addSpans(best, window, limits);
    return best.toArray();
  };
  if (!version2WithNegative) {
    return withLazyNbest(answers(examples, windows, limits), () => {
      const nbest = examples.map(({ id, context }, index): [string, Candidate[]] => {
        const spans = rankedSpans(index);
        return [id, spans.length > 0 ? toCandidates(spans, context) : [noAnswer]];
      });
      return new Map(nbest);
    });
  }

  const predictions = new Map<string, string>();
  const nbest = new Map<string, Candidate[]>();
  const nullOdds = new Map<string, number>();
  examples.forEach(({ id, context }, index) => {
    const nullAnswer = lowestNull(windows[index]);
    const candidates = toCandidates(addNullAnswer(rankedSpans(index), nullAnswer, nBestSize), context);
    const { text, odds } = chooseAnswer(candidates, nullAnswer, nullScoreDiffThreshold);
    predictions.set(id, text);
    nbest.set(id, candidates);
    nullOdds.set(id, odds);
  });
  return { predictions, nbest, nullOdds };
}

/** The best span's text for each example. */
function answers(
  examples: readonly Example[],
  windows: readonly (readonly WindowLogits[])[],
  limits: SpanLimits,
): Map<string, string> {
  const best = new BestSpans(1);
  const texts = examples.map(({ id, context }, index): [string, string] => {
    best.clear();
    for (const window of windows[index]) addBestSpan(best, window, limits);
    const { start, end } = best.length > 0 ? best.at(0) : noAnswer;
    return [id, context.slice(start, end)];
  });
  return new Map(texts);
}

function withLazyNbest(
  predictions: Map<string, string>,
  makeNbest: () => Map<string, Candidate[]>,
): Postprocessed {
  let made: Map<string, Candidate[]> | undefined;
  return {
    predictions,
    get nbest() {
      return (made ??= makeNbest());
    },
  };
}

/** Each example's windows, in their order. */
function windowsOfExamples(
  examples: readonly Example[],
  features: readonly Feature[],
  { start, end }: RawPredictions,
): WindowLogits[][] {
  if (start.length !== features.length || end.length !== features.length) {
    throw new QaError(
      `Expected a row of start and of end logits for each of ${features.length} features, got ${start.length} and ` +
        `${end.length}; pass the logits of these very features.`,
      'ERR_LOGITS',
    );
  }
  const windows = examples.map((): WindowLogits[] => []);
  features.forEach((feature, index) => {
    const { exampleIndex } = feature;
    if (!(exampleIndex in windows)) {
      throw new QaError(
        `Expected feature ${index} to belong to one of ${examples.length} examples, got index ${exampleIndex}; pass ` +
          'the examples that the features were made from.',
        'ERR_LOGITS',
      );
    }
    const { id } = examples[exampleIndex];
    windows[exampleIndex].push({ id, feature, start: start[index], end: end[index] });
  });
  return windows;
}

/** Spans with their texts, and the softmax of their scores. */
export function toCandidates(spans: readonly AnswerSpan[], context: string): Candidate[] {
  const highest = spans.reduce((most, { score }) => Math.max(most, score), -Infinity);
  // An infinite score beside its like has no difference, but is as probable.
  const weights = spans.map(({ score }) => (score === highest ? 1 : Math.exp(score - highest)));
  const sum = weights.reduce((total, weight) => total + weight, 0);
  // Field by field: a spread is far slower, and SQuAD's dev set has two hundred thousand of these.
  return spans.map(({ text, start, end, startLogit, endLogit, score }, rank) => ({
    text: text ?? context.slice(start, end),
    start,
    end,
    startLogit,
    endLogit,
    score,
    probability: weights[rank] / sum,
  }));
}
