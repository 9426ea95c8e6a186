import { tensor } from '../create.js';
import { collate, type Batch } from '../data/batches.js';
import type { Feature } from '../data/examples.js';
import { pack, packAndFill, type PackedArray, type PackedBatch } from '../data/pack.js';
import { native } from '../native.js';
import { withKernels, type Kernels } from '../nn/kernels.js';
import { biasOf, type PackedTokens } from '../nn/packed.js';
import type { Device, Tensor } from '../tensor.js';
import type { ModelInputs, ReaderModel, SpanLogits } from './reader-model.js';

/** A batch's ids, mask and types as int64 tensors on a device. */
export function toInputs(batch: Batch, device: Device): ModelInputs {
  const matrix = (data: Int32Array) => tensor(data, [batch.size, batch.length], { device });
  return {
    inputIds: matrix(batch.inputIds),
    attentionMask: matrix(batch.attentionMask),
    tokenTypeIds: matrix(batch.tokenTypeIds),
  };
}

/**
 * A packed batch's tensors.
 * @param rows how many of its sequences are rows, not there to fill it up
 * @param read gives one of its arrays as an int64 tensor on the model's device
 */
export function toPackedTokens(
  { lengths, longest }: Pick<PackedBatch, 'lengths' | 'longest'>,
  rows: number,
  read: (name: PackedArray) => Tensor,
): PackedTokens {
  const places = read('places');
  const tokenAt = read('tokenAt');
  const isOnCpu = places.device === 'cpu';
  return {
    inputIds: read('inputIds'),
    tokenTypeIds: read('tokenTypeIds'),
    positionIds: read('positionIds'),
    sequences: {
      lengths,
      longest,
      boundaries: read('boundaries').to('int32'),
      places,
      tokenAt,
      bias: isOnCpu ? null : biasOf(tokenAt, lengths.length, places.size(0)),
    },
    rows,
  };
}

export interface ForwardOptions {
  /** Positions of a padded row. */
  readonly maxSeqLength: number;
  /** The tokenizer's id of padding, whose logits count with Python's kernels; BERT's 0 by default. */
  readonly padTokenId?: number | undefined;
  readonly device: Device;
  readonly kernels: Kernels;
}

/**
 * oneDNN makes machine code for each number of tokens, which takes a thirtieth of a training step: so few of them occur, but where
 * products are our own.
 */
const fillStep = 64;

/** The model's logits for features: of rows padded to the same length or, with fast kernels, of rows without padding. */
export function forwardFeatures(
  model: ReaderModel,
  features: readonly Feature[],
  { maxSeqLength, padTokenId, device, kernels }: ForwardOptions,
): SpanLogits {
  return withKernels(kernels, () => {
    if (!kernels.fast) return model.forward(toInputs(collate(features, maxSeqLength, padTokenId), device));
    const isFilled = model.recordable && !(device === 'cpu' && native.multipliesInPanels());
    const batch = isFilled ? packAndFill(features, Math.min(fillStep, maxSeqLength)) : pack(features);
    const read = (name: PackedArray) => tensor(batch[name], undefined, { device });
    return model.forwardPacked(toPackedTokens(batch, features.length, read));
  });
}
