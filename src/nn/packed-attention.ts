import { native } from '../native.js';
import { Tensor } from '../tensor.js';
import type { Sequences } from './packed.js';

/**
 * `scaled_dot_product_attention` within each sequence of a packed batch, with `heads` heads.
 * @param projected [tokens, 3 * width]: query, key and value of each token; sequences one after the other
 * @param dropoutP of the probabilities
 * @returns [tokens, width]
 */
export function packedAttention(
  projected: Tensor,
  { lengths, boundaries, longest, tokenAt, places, bias }: Sequences,
  heads: number,
  dropoutP: number,
): Tensor {
  const { handle } = projected;
  if (bias === null) return new Tensor(native.packedAttention(handle, lengths, heads, dropoutP));
  const padded = [tokenAt.handle, places.handle, bias.handle] as const;
  return new Tensor(native.varlenAttention(handle, boundaries.handle, longest, heads, dropoutP, ...padded));
}
