import { collate } from './batches.js';
import type { Example, Feature } from './examples.js';

export type Split = 'train' | 'validation';

export interface FeatureLineOptions {
  readonly split: Split;
  readonly maxSeqLength: number;
  readonly padTokenId: number;
}

/**
 * Windows as JSON lines, padded to `maxSeqLength`, under the names of Hugging Face's features: with labels for
 * training, with `offsets` for validation.
 */
export function* featureLines(
  examples: readonly Example[],
  features: readonly Feature[],
  { split, maxSeqLength, padTokenId }: FeatureLineOptions,
): Generator<string> {
  for (const feature of features) {
    const { inputIds, tokenTypeIds, attentionMask } = collate([feature], maxSeqLength, padTokenId);
    const inputs = {
      example_id: examples[feature.exampleIndex]?.id,
      input_ids: Array.from(inputIds),
      token_type_ids: Array.from(tokenTypeIds),
      attention_mask: Array.from(attentionMask),
    };
    const extras =
      split === 'train'
        ? { start_position: feature.startPosition, end_position: feature.endPosition }
        : { offsets: offsetsByPosition(feature, maxSeqLength) };
    yield `${JSON.stringify({ ...inputs, ...extras })}\n`;
  }
}

/** `[start, end]` of each position in UTF-16 units of the context, null outside it. */
function offsetsByPosition({ contextStart, offsets }: Feature, length: number): ([number, number] | null)[] {
  return Array.from({ length }, (_, position) => {
    const at = 2 * (position - contextStart);
    const [start, end] = [offsets[at], offsets[at + 1]];
    return start === undefined || end === undefined ? null : [start, end];
  });
}
