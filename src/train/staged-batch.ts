import { collate } from '../data/batches.js';
import type { Feature } from '../data/examples.js';
import type { ReaderModel, SpanLogits } from '../models/reader-model.js';
import type { Tensor } from '../tensor.js';
import type { TrainingOptions } from './loop.js';

/** A batch as numbers that go to a device, and what is computed of them there. */
export interface StagedBatch {
  /** Batches of one shape have arrays of the same lengths, and the same operations. */
  readonly shape: string;
  readonly arrays: Readonly<Record<string, Int32Array>>;
  /** @param read gives an array as it is on the device, int64 */
  readonly forward: (model: ReaderModel, read: (name: string) => Tensor) => SpanLogits;
}

/** Rows padded to the same length, with `startPositions` and `endPositions` beside. */
export function stageBatch(rows: readonly Feature[], { maxSeqLength }: TrainingOptions): StagedBatch {
  const { size, length, ...arrays } = collate(rows, maxSeqLength);
  return {
    shape: `${size} x ${length}`,
    arrays,
    forward: (model, read) =>
      model.forward({
        inputIds: read('inputIds').view(size, length),
        attentionMask: read('attentionMask').view(size, length),
        tokenTypeIds: read('tokenTypeIds').view(size, length),
      }),
  };
}
