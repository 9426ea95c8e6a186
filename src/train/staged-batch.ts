import { collate } from '../data/batches.js';
import type { Feature } from '../data/examples.js';
import { packAndFill } from '../data/pack.js';
import { groupByRow, type RowGroups } from '../data/row-groups.js';
import { toPackedTokens } from '../models/inputs.js';
import type { ReaderModel, SpanLogits } from '../models/reader-model.js';
import { exactKernels, withKernels, type Kernels } from '../nn/kernels.js';
import type { Tensor } from '../tensor.js';
import { labelsOf } from './labels.js';
import type { TrainingOptions } from './options.js';

/** A batch as numbers that go to a device, and what is computed of them there. */
export interface StagedBatch {
  /** Batches of one shape have arrays of the same lengths, and the same operations. */
  readonly shape: string;
  readonly arrays: Readonly<Record<string, Int32Array>>;
  /** @param read gives an array as it is on the device, int64 */
  readonly forward: (model: ReaderModel, read: (name: string) => Tensor) => SpanLogits;
}

/** Packed rows are filled up to multiples of so many tokens, so that few shapes occur. */
const packedStep = 256;

/** Padded rows or, with fast kernels, packed ones, with `startPositions` and `endPositions` beside. */
export function stageBatch(
  rows: readonly Feature[],
  {
    kernels = exactKernels,
    maxSeqLength,
    padTokenId,
  }: Pick<TrainingOptions, 'kernels' | 'maxSeqLength' | 'padTokenId'>,
): StagedBatch {
  const batch = kernels.fast
    ? packedBatch(rows, maxSeqLength, kernels)
    : paddedBatch(rows, maxSeqLength, padTokenId);
  return { ...batch, forward: (model, read) => withKernels(kernels, () => batch.forward(model, read)) };
}

function paddedBatch(rows: readonly Feature[], maxSeqLength: number, padTokenId?: number): StagedBatch {
  const { size, length, ...arrays } = collate(rows, maxSeqLength, padTokenId);
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

function packedBatch(rows: readonly Feature[], maxSeqLength: number, kernels: Kernels): StagedBatch {
  const { lengths, longest, ...arrays } = packAndFill(rows, Math.min(packedStep, maxSeqLength), maxSeqLength);
  const tokens = arrays.boundaries[rows.length] ?? 0;
  const words = groupByRow(arrays.inputIds, tokens);
  const positions = groupByRow(arrays.positionIds, tokens);
  return {
    shape: `${rows.length} in ${arrays.inputIds.length}`,
    arrays: {
      ...arrays,
      ...labelsOf(rows, kernels),
      ...withPrefix('words', words),
      ...withPrefix('positions', positions),
    },
    forward: (model, read) => {
      const groups = { words: readGroups('words', read), positions: readGroups('positions', read) };
      return model.forwardPacked({ ...toPackedTokens({ lengths, longest }, rows.length, read), groups });
    },
  };
}

function withPrefix(prefix: string, arrays: RowGroups<Int32Array>): Record<string, Int32Array> {
  return Object.fromEntries(Object.entries(arrays).map(([name, array]) => [`${prefix}.${name}`, array]));
}

function readGroups(prefix: string, read: (name: string) => Tensor): RowGroups<Tensor> {
  return {
    order: read(`${prefix}.order`),
    starts: read(`${prefix}.starts`),
    rows: read(`${prefix}.rows`),
  };
}
