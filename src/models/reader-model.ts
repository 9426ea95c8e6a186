import { Module } from '../nn/module.js';
import type { PackedTokens } from '../nn/packed.js';
import type { Tensor } from '../tensor.js';

/** What a model reads: int64 tensors [batch, length] on the model's device. */
export interface ModelInputs {
  readonly inputIds: Tensor;
  /** 1 for tokens, 0 for padding, which is on the right. */
  readonly attentionMask: Tensor;
  /** 0 for the question, 1 for the context. */
  readonly tokenTypeIds: Tensor;
}

/**
 * Unnormalised scores for each position to start and to end the answer, [batch, length]; the LSTM's length is that
 * of the batch's longest row.
 */
export interface SpanLogits {
  readonly startLogits: Tensor;
  readonly endLogits: Tensor;
}

/** A model that reads a question and a context and scores answer spans. */
export abstract class ReaderModel extends Module {
  /** Whether `forward` is the same operations for all batches of a shape, without waiting for a GPU. */
  get recordable(): boolean {
    return true;
  }

  abstract forward(inputs: ModelInputs): SpanLogits;

  /** The same for rows without padding; logits are as long as the longest, -Infinity past a row's end. */
  abstract forwardPacked(inputs: PackedTokens): SpanLogits;
}
