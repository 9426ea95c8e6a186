import { QaError } from '../errors.js';
import type { Example, Feature } from './examples.js';
import type { BertTokenizer, Encoding } from './tokenizer.js';

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
  // Questions of one paragraph follow each other and share its string.
  let context: string | undefined;
  let encoded: Encoding = tokenizer.encode('');
  return examples.flatMap((example, exampleIndex) => {
    if (example.context !== context) {
      context = example.context;
      encoded = tokenizer.encode(context);
    }
    return windowsOf(example, exampleIndex, encoded, tokenizer, options);
  });
}

function windowsOf(
  example: Example,
  exampleIndex: number,
  context: Encoding,
  tokenizer: BertTokenizer,
  { maxSeqLength, docStride }: FeatureOptions,
): Feature[] {
  const question = tokenizer.encode(example.question).ids;
  const room = maxSeqLength - numSpecialTokens - question.length;
  const length = context.ids.length;
  if (length > room && room <= docStride) {
    throw new QaError(
      `Expected question ${example.id} to leave more than ${docStride} of ${maxSeqLength} positions for its context, ` +
        `but its ${question.length} tokens leave ${Math.max(0, room)}; shorten it, raise --max-seq-length or lower --doc-stride.`,
      'ERR_QUESTION_TOO_LONG',
    );
  }
  const contextStart = question.length + 2;
  const features: Feature[] = [];
  for (let first = 0; ; first += room - docStride) {
    const last = Math.min(first + room, length);
    const inputIds = new Int32Array(contextStart + last - first + 1);
    inputIds[0] = tokenizer.clsTokenId;
    inputIds.set(question, 1);
    inputIds[contextStart - 1] = tokenizer.sepTokenId;
    inputIds.set(context.ids.subarray(first, last), contextStart);
    inputIds[inputIds.length - 1] = tokenizer.sepTokenId;
    const offsets = context.offsets.subarray(2 * first, 2 * last);
    features.push({ exampleIndex, inputIds, contextStart, offsets, ...labels(example, contextStart, offsets) });
    if (last === length) return features;
  }
}

/** Token positions of the first answer, or those of `[CLS]` where the window does not hold all of it. */
function labels(
  { answers }: Example,
  contextStart: number,
  offsets: Int32Array,
): Pick<Feature, 'startPosition' | 'endPosition'> {
  const answer = answers[0];
  const tokens = offsets.length / 2;
  const tokenStart = (token: number) => offsets[2 * token] ?? 0;
  const tokenEnd = (token: number) => offsets[2 * token + 1] ?? 0;
  if (answer === undefined || tokens === 0) return { startPosition: 0, endPosition: 0 };
  const answerEnd = answer.start + answer.text.length;
  if (tokenStart(0) > answer.start || tokenEnd(tokens - 1) < answerEnd) return { startPosition: 0, endPosition: 0 };

  let start = 0;
  while (start < tokens && tokenStart(start) <= answer.start) start += 1;
  let end = tokens - 1;
  while (end >= 0 && tokenEnd(end) >= answerEnd) end -= 1;
  return { startPosition: contextStart + start - 1, endPosition: contextStart + end + 1 };
}
