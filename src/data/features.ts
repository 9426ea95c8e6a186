import { QaError, UsageError } from '../errors.js';
import { skipCodePoints } from './code-points.js';
import type { Example, Feature } from './examples.js';
import type { BertTokenizer, Encoding } from './tokenizer.js';

/** How examples are cut into windows. */
export interface FeatureOptions {
  /** Tokens of a window, special ones included. */
  readonly maxSeqLength: number;
  /** Context tokens that two windows of one example share: Hugging Face's meaning, not Google's advance. */
  readonly docStride: number;
}

/** `[CLS] question [SEP] context [SEP]` has three tokens beside the question and the context. */
const numSpecialTokens = 3;

/**
 * Cuts examples into windows as the notebook's `prepare_train_features` and `prepare_validation_features` do, and
 * labels each with its first answer. Throws `ERR_QUESTION_TOO_LONG` where a question leaves no room for the context.
 */
export function prepareFeatures(
  examples: readonly Example[],
  tokenizer: BertTokenizer,
  options: FeatureOptions,
): Feature[] {
  requireRoom(options);
  const features: Feature[] = [];
  // Questions of one paragraph follow each other and share its string.
  let context: string | undefined;
  let encoded: Encoding = tokenizer.encode('');
  for (const [exampleIndex, example] of examples.entries()) {
    if (example.context !== context) {
      context = example.context;
      encoded = tokenizer.encode(context);
    }
    pushWindows(features, example, exampleIndex, encoded, tokenizer, options);
  }
  return features;
}

/** Throws where windows of this size have no room for a context beside what they share. */
export function requireRoom({ maxSeqLength, docStride }: FeatureOptions): void {
  const areWhole = Number.isInteger(maxSeqLength) && Number.isInteger(docStride);
  if (areWhole && maxSeqLength > numSpecialTokens && docStride >= 0 && docStride <= maxSeqLength - 2) return;
  throw new UsageError(
    `Expected whole numbers, \`maxSeqLength\` of more than ${numSpecialTokens} and \`docStride\` of 0 to 2 less, got ` +
      `${maxSeqLength} and ${docStride}; windows share \`docStride\` tokens, so that it must be the smaller by far.`,
  );
}

function pushWindows(
  features: Feature[],
  example: Example,
  exampleIndex: number,
  context: Encoding,
  tokenizer: BertTokenizer,
  { maxSeqLength, docStride }: FeatureOptions,
): void {
  const question = tokenizer.encode(example.question).ids;
  const room = maxSeqLength - numSpecialTokens - question.length;
  const length = context.ids.length;
  if (length > room && room <= docStride) {
    throw new QaError(
      `Expected question ${example.id} to leave more than ${docStride} of ${maxSeqLength} positions for its context, ` +
        `but its ${question.length} tokens leave ${Math.max(0, room)}; shorten it, raise \`maxSeqLength\` or lower \`docStride\`.`,
      'ERR_QUESTION_TOO_LONG',
    );
  }
  const contextStart = question.length + 2;
  for (let first = 0; ; first += room - docStride) {
    const last = Math.min(first + room, length);
    const inputIds = new Int32Array(contextStart + last - first + 1);
    inputIds[0] = tokenizer.clsTokenId;
    inputIds.set(question, 1);
    inputIds[contextStart - 1] = tokenizer.sepTokenId;
    inputIds.set(context.ids.subarray(first, last), contextStart);
    inputIds[inputIds.length - 1] = tokenizer.sepTokenId;
    const offsets = context.offsets.subarray(2 * first, 2 * last);
    const { startPosition, endPosition } = labels(example, contextStart, offsets, maxSeqLength);
    features.push({ exampleIndex, inputIds, contextStart, offsets, startPosition, endPosition });
    if (last === length) return;
  }
}

interface Labels {
  readonly startPosition: number;
  readonly endPosition: number;
}

const cls: Labels = { startPosition: 0, endPosition: 0 };

/**
 * Token positions of the first answer, or twice that of `[CLS]` where the window does not hold all of it; `[CLS]` too
 * where the notebook fails (an empty context, an empty answer at its very start).
 */
function labels(example: Example, contextStart: number, offsets: Int32Array, maxSeqLength: number): Labels {
  const answer = example.answers[0];
  const tokens = offsets.length / 2;
  if (answer === undefined || tokens === 0) return cls;
  const tokenStart = (token: number) => offsets[2 * token] ?? 0;
  const tokenEnd = (token: number) => offsets[2 * token + 1] ?? 0;
  const answerEnd = skipCodePoints(example.context, answer.start, answer.text);
  if (answerEnd === 0 || tokenStart(0) > answer.start || tokenEnd(tokens - 1) < answerEnd) return cls;

  let start = 0;
  while (start < tokens && tokenStart(start) <= answer.start) start += 1;
  let end = tokens - 1;
  while (end >= 0 && tokenEnd(end) >= answerEnd) end -= 1;
  return {
    // An answer in the window's last token: the notebook's search runs on over [SEP] and the padding, whose offsets
    // are 0, to the window's last position. Its authors know ("we could go after the last offset").
    startPosition: start === tokens ? maxSeqLength - 1 : contextStart + start - 1,
    endPosition: contextStart + end + 1,
  };
}
