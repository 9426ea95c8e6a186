import type { RowGroups } from '../data/row-groups.js';
import type { Tensor } from '../tensor.js';
import { kernels } from './kernels.js';

/** How the tokens of a packed batch belong together. */
export interface Sequences {
  /** Tokens of each sequence, in their order: JavaScript's numbers, since they say how tensors are cut on the CPU. */
  readonly lengths: readonly number[];
  /** int32 [sequences + 1]: where each begins, and the last one ends. A GPU's kernels read it. */
  readonly boundaries: Tensor;
  /** Tokens of the longest, or more. */
  readonly longest: number;
  /** int64 [tokens]: where each token is among rows of `longest` positions. */
  readonly places: Tensor;
  /** int64 [sequences * longest]: the token at each of these positions, the number of tokens where there is none. */
  readonly tokenAt: Tensor;
  /** [sequences, longest], in the activations' type: what is added to scores of keys there. Null on the CPU. */
  readonly bias: Tensor | null;
}

/** Rows of a batch one after the other, without padding: int64 tensors [tokens]. */
export interface PackedTokens {
  readonly inputIds: Tensor;
  /** 0 for the question, 1 for the context. */
  readonly tokenTypeIds: Tensor;
  /** From 0 in each row. */
  readonly positionIds: Tensor;
  readonly sequences: Sequences;
  /** How many sequences are rows of the batch: the first ones. Others only fill it up. */
  readonly rows: number;
  /** The rows' tokens by what they take of the tables of words and of positions: for the gradients of these on a GPU. */
  readonly groups?: { readonly words: RowGroups<Tensor>; readonly positions: RowGroups<Tensor> };
}

/** What leaves nothing of a key's score. */
const hidden = -1e30;

/** The `bias` of sequences on a GPU. */
export function biasOf(tokenAt: Tensor, sequences: number, tokens: number): Tensor {
  const isEmpty = tokenAt.view(sequences, -1).eq(tokens);
  return isEmpty.to(kernels().bf16 ? 'bfloat16' : 'float32').mul(hidden);
}

/** What passes from layer to layer, in the type that the kernels were asked to compute in. */
export function toActivations(input: Tensor): Tensor {
  return kernels().bf16 ? input.to('bfloat16') : input;
}
