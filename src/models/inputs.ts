import { tensor } from '../create.js';
import { collate, type Batch } from '../data/batches.js';
import type { Feature } from '../data/examples.js';
import { withKernels, type Kernels } from '../nn/kernels.js';
import type { PackedTokens } from '../nn/packed.js';
import type { Device } from '../tensor.js';
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

/** Features one after the other, without padding. */
export function toPackedTokens(
  features: readonly Pick<Feature, 'inputIds' | 'contextStart'>[],
  device: Device,
): PackedTokens {
  const lengths = features.map(({ inputIds }) => inputIds.length);
  const flat = (ofRow: (feature: (typeof features)[number]) => Iterable<number>) =>
    tensor(Int32Array.from(features.flatMap((feature) => [...ofRow(feature)])), undefined, { device });
  return {
    inputIds: flat(({ inputIds }) => inputIds),
    tokenTypeIds: flat(({ inputIds, contextStart }) => inputIds.map((_, at) => (at < contextStart ? 0 : 1))),
    positionIds: flat(({ inputIds }) => inputIds.keys()),
    lengths,
  };
}

export interface ForwardOptions {
  /** Positions of a padded row. */
  readonly maxSeqLength: number;
  readonly device: Device;
  readonly kernels: Kernels;
}

/** The model's logits for features: of rows padded to the same length or, with fast kernels, of rows without padding. */
export function forwardFeatures(
  model: ReaderModel,
  features: readonly Feature[],
  { maxSeqLength, device, kernels }: ForwardOptions,
): SpanLogits {
  return withKernels(kernels, () =>
    kernels.fast
      ? model.forwardPacked(toPackedTokens(features, device))
      : model.forward(toInputs(collate(features, maxSeqLength), device)),
  );
}
