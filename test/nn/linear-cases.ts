import { zeros } from '../../src/create.js';
import { withKernels } from '../../src/nn/kernels.js';
import { Linear } from '../../src/nn/linear.js';
import { manualSeed } from '../../src/random.js';
import { tidy } from '../../src/scope.js';
import { distance, gradientsOf } from './gradients.js';

/** Tokens, features in and features out. */
export type LinearCase = readonly [number, number, number];

/**
 * In tiles a thread computes the weight's gradient in blocks of 128 x 512, over 256 tokens at a time, 32 by 32; the input's is a
 * product with a weight that is transposed 64 columns at a time where they and 32 rows divide it. In panels, of 16 or 64 columns,
 * a thread multiplies up to 192 rows, 6 at a time; a block of the weight's gradient has up to 512 outputs, in strips of 96,
 * over 128 or 256 tokens, which are copied 8 at a time. Bfloat16 comes in pairs.
 */
export const linearCases: readonly LinearCase[] = [
  [1, 1, 1],
  [7, 10, 2],
  [256, 64, 32],
  [40, 192, 160],
  [257, 33, 130],
  [300, 514, 96],
  [64, 520, 257],
  [779, 48, 36],
  [20, 40, 1100],
];

/** A layer, and what gets gradients from it: its input first. */
export function layerAndLeaves([tokens, inFeatures, outFeatures]: LinearCase) {
  manualSeed(5);
  const layer = new Linear(inFeatures, outFeatures);
  return {
    layer,
    leaves: [zeros([tokens, inFeatures]).normal_(0, 1).requiresGrad_(), ...layer.parameters()],
  };
}

/** How far the output and the gradients of --fast are from those of the plain kernels. */
export function fastDistances(shape: LinearCase): number[] {
  return tidy(() => {
    const { layer, leaves } = layerAndLeaves(shape);
    const fast = gradientsOf(
      (input) => withKernels({ fast: true, bf16: false }, () => layer.forward(input)),
      leaves,
    );
    const plain = gradientsOf((input) => layer.forward(input), leaves);
    return fast.map((result, index) => distance(result, plain[index]));
  });
}
