import type { Tensor } from '../tensor.js';
import { kernels } from './kernels.js';

/** Rows of a batch one after the other, without padding: int64 tensors [tokens]. */
export interface PackedTokens {
  readonly inputIds: Tensor;
  /** 0 for the question, 1 for the context. */
  readonly tokenTypeIds: Tensor;
  /** From 0 in each row. */
  readonly positionIds: Tensor;
  /** Tokens of each row, in their order: JavaScript's numbers, since they say how the tensors are cut. */
  readonly lengths: readonly number[];
}

/** What passes from layer to layer, in the type that the kernels were asked to compute in. */
export function toActivations(input: Tensor): Tensor {
  return kernels().bf16 ? input.to('bfloat16') : input;
}
