import { native } from '../native.js';
import { Tensor } from '../tensor.js';

/**
 * `scaled_dot_product_attention` within each sequence of a packed batch, with `heads` heads.
 * @param query [tokens, width], as are key, value and the result: sequences one after the other
 * @param lengths of the sequences; their sum is `tokens`
 * @param dropoutP of the probabilities
 */
export function packedAttention(
  query: Tensor,
  key: Tensor,
  value: Tensor,
  lengths: readonly number[],
  heads: number,
  dropoutP: number,
): Tensor {
  return new Tensor(native.packedAttention(query.handle, key.handle, value.handle, lengths, heads, dropoutP));
}
