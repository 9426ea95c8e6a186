import { cat, zeros } from '../../src/create.js';
import { packedAttention } from '../../src/nn/packed-attention.js';
import { manualSeed } from '../../src/random.js';
import { noGrad, tidy } from '../../src/scope.js';
import type { DType, Tensor } from '../../src/tensor.js';
import { gradientsOf, relativeDistance } from './gradients.js';
import { sequencesOf } from './sequences.js';

/** Lengths of sequences, heads, and their width: panels have 16 or 64 columns, tiles 32, and bfloat16 comes in pairs. */
export type AttentionCase = readonly [lengths: readonly number[], heads: number, headWidth: number];

export const attentionCases: readonly AttentionCase[] = [
  [[1], 1, 64],
  [[31, 32, 33, 2], 4, 64],
  [[384, 5, 129], 2, 64],
  [[40, 7], 3, 10],
  [[33, 6], 2, 7],
  [[65, 64], 2, 96],
];

export function titleOf([lengths, heads, headWidth]: AttentionCase): string {
  return `sequences of ${lengths.join(', ')} tokens, ${heads} heads of ${headWidth}`;
}

/** Attention, operation by operation, sequence by sequence and head by head. `masks` holds each head's factors of the probabilities, where there is a dropout. */
export function composed(
  projected: Tensor,
  lengths: readonly number[],
  heads: number,
  masks?: Tensor[],
): Tensor {
  const width = projected.size(1) / 3;
  const headWidth = width / heads;
  let row = 0;
  const sequences = lengths.map((length, sequence) => {
    const rows = projected.narrow(0, row, length);
    row += length;
    const attended = Array.from({ length: heads }, (_, head) => {
      const [query, key, value] = [0, 1, 2].map((part) =>
        rows.narrow(1, part * width + head * headWidth, headWidth),
      ) as [Tensor, Tensor, Tensor];
      const scores = query.matmul(key.transpose(0, 1)).div(Math.sqrt(headWidth));
      const probabilities = scores.softmax(-1);
      const mask = masks?.[sequence * heads + head];
      return (mask === undefined ? probabilities : probabilities.mul(mask)).matmul(value);
    });
    return cat(attended, 1);
  });
  return cat(sequences);
}

/**
 * How far attention and its gradient are from the operations', as a part of the largest number there: of numbers of `dtype`, whose
 * gradients on the way are float32.
 */
export function attentionDistances([lengths, heads, headWidth]: AttentionCase, dtype: DType): number[] {
  return tidy(() => {
    manualSeed(3);
    const tokens = lengths.reduce((sum, length) => sum + length, 0);
    const drawn = noGrad(() =>
      zeros([tokens, 3 * heads * headWidth])
        .normal_(0, 1)
        .to(dtype)
        .to('float32'),
    );
    const projected = drawn.requiresGrad_();
    const attend = (input: Tensor) =>
      packedAttention(input.to(dtype), sequencesOf(lengths), heads, 0).to('float32');
    const ours = gradientsOf(attend, [projected]);
    const theirs = gradientsOf((input) => composed(input, lengths, heads), [projected]);
    return ours.map((result, index) => relativeDistance(result, theirs[index]));
  });
}
