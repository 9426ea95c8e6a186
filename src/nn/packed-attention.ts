import { native } from '../native.js';
import { Tensor } from '../tensor.js';

/**
 * `scaled_dot_product_attention` within each sequence of a packed batch, with `heads` heads.
 * @param projected [tokens, 3 * width]: query, key and value of each token; sequences one after the other
 * @param lengths of the sequences; their sum is `tokens`
 * @param dropoutP of the probabilities
 * @returns [tokens, width]
 */
export function packedAttention(
  projected: Tensor,
  lengths: readonly number[],
  heads: number,
  dropoutP: number,
): Tensor {
  return new Tensor(native.packedAttention(projected.handle, lengths, heads, dropoutP));
}
