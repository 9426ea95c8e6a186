import { QaError } from '../errors.js';
import type { Feature } from './examples.js';

/** Features as rows of equal length: row-major [size, length] ids, mask and types, and a label each per row. */
export interface Batch {
  readonly size: number;
  readonly length: number;
  readonly inputIds: Int32Array;
  /** 1 for tokens, 0 for padding. */
  readonly attentionMask: Int32Array;
  /** 1 from the first context token to the last `[SEP]`, else 0. */
  readonly tokenTypeIds: Int32Array;
  readonly startPositions: Int32Array;
  readonly endPositions: Int32Array;
}

/**
 * Pads features on the right to `length` positions, of which none may have more; `padTokenId` is BERT's 0 by default.
 */
export function collate(features: readonly Feature[], length: number, padTokenId = 0): Batch {
  const size = features.length;
  // Unchecked, a longer row would run on into the next one.
  const longest = features.reduce((most, { inputIds }) => Math.max(most, inputIds.length), 0);
  if (longest > length) {
    throw new QaError(
      `Expected windows that fit into rows of length ${length}, got one of ${longest} tokens; collate with the maxSeqLength of prepareFeatures.`,
      'ERR_SHAPE',
    );
  }
  const inputIds = new Int32Array(size * length).fill(padTokenId);
  const attentionMask = new Int32Array(size * length);
  const tokenTypeIds = new Int32Array(size * length);
  features.forEach((feature, row) => {
    const start = row * length;
    const end = start + feature.inputIds.length;
    inputIds.set(feature.inputIds, start);
    attentionMask.fill(1, start, end);
    tokenTypeIds.fill(1, start + feature.contextStart, end);
  });
  return {
    size,
    length,
    inputIds,
    attentionMask,
    tokenTypeIds,
    startPositions: Int32Array.from(features, (feature) => feature.startPosition),
    endPositions: Int32Array.from(features, (feature) => feature.endPosition),
  };
}
