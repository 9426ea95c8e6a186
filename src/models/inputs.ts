import { tensor } from '../create.js';
import type { Batch } from '../data/batches.js';
import type { Device } from '../tensor.js';
import type { ModelInputs } from './reader-model.js';

/** A batch's ids, mask and types as int64 tensors on a device. */
export function toInputs(batch: Batch, device: Device): ModelInputs {
  const matrix = (data: Int32Array) => tensor(data, [batch.size, batch.length], { device });
  return {
    inputIds: matrix(batch.inputIds),
    attentionMask: matrix(batch.attentionMask),
    tokenTypeIds: matrix(batch.tokenTypeIds),
  };
}
