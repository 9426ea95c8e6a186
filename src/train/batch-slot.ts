import { tensor, zeros } from '../create.js';
import type { ReaderModel, SpanLogits } from '../models/reader-model.js';
import { keep, tidy } from '../scope.js';
import type { Device, Tensor } from '../tensor.js';
import type { StagedBatch } from './staged-batch.js';

/** A place on a device for batches of one shape: each comes with one copy, and recorded operations read it there. */
export class BatchSlot {
  readonly #memory: Tensor;
  #batch: StagedBatch;

  constructor(batch: StagedBatch, device: Device) {
    this.#memory = keep(zeros([lengthOf(batch)], { dtype: 'int64', device }));
    this.#batch = batch;
    this.fill(batch);
  }

  /** Takes a batch of this slot's shape. */
  fill(batch: StagedBatch): void {
    this.#batch = batch;
    const numbers = new Int32Array(lengthOf(batch));
    let start = 0;
    for (const array of Object.values(batch.arrays)) {
      numbers.set(array, start);
      start += array.length;
    }
    tidy(() => this.#memory.copy_(tensor(numbers, undefined, { dtype: 'int32' })));
  }

  /** One of the batch's arrays as an int64 tensor. */
  readonly read = (name: string): Tensor => {
    let start = 0;
    for (const [key, { length }] of Object.entries(this.#batch.arrays)) {
      if (key === name) return this.#memory.narrow(0, start, length);
      start += length;
    }
    throw new RangeError(`a batch has no ${name}`);
  };

  logits(model: ReaderModel): SpanLogits {
    return this.#batch.forward(model, this.read);
  }

  dispose(): void {
    this.#memory.dispose();
  }
}

function lengthOf({ arrays }: StagedBatch): number {
  return Object.values(arrays).reduce((sum, { length }) => sum + length, 0);
}
