import { native } from '../native.js';
import { Tensor } from '../tensor.js';

/** What the tokens of padded rows see. */
export interface PaddingMask {
  /** What is added to scores, [batch, 1, 1, length]: 0 for tokens, the lowest float32 for padding. */
  readonly added: Tensor;
  /** How many keys each row sees, where those are its first and it lies on the CPU. */
  readonly visible: readonly number[] | null;
}

/** The lowest float32, which transformers adds to the scores of padding. */
export const lowestFloat32 = -3.4028234663852886e38;

/** From an int64 mask [batch, length], 1 for tokens and 0 for padding. */
export function paddingMask(attentionMask: Tensor): PaddingMask {
  return {
    added: attentionMask.unsqueeze(1).unsqueeze(1).to('float32').rsub(1).mul(lowestFloat32),
    visible: native.visibleKeys(attentionMask.handle),
  };
}

/**
 * transformers' eager attention, with its bits: `dropout(softmax(Q Kᵀ / sqrt(width) + mask)) V`. On the CPU what padding
 * hides is not computed.
 * @param query [batch, heads, length, width], as are key, value and the result
 * @param dropoutP of the probabilities
 */
export function paddedAttention(
  query: Tensor,
  key: Tensor,
  value: Tensor,
  { added, visible }: PaddingMask,
  dropoutP: number,
): Tensor {
  return new Tensor(
    native.paddedAttention(query.handle, key.handle, value.handle, added.handle, visible, dropoutP),
  );
}
