import { zeros } from '../../src/create.js';
import { manualSeed } from '../../src/random.js';
import { tidy } from '../../src/scope.js';
import type { Tensor } from '../../src/tensor.js';

/** The output of `forward`, and the gradients of its `leaves`, for a gradient of the output that is always the same. */
export function gradientsOf(forward: (...leaves: Tensor[]) => Tensor, leaves: Tensor[]): Float32Array[] {
  return tidy(() => {
    for (const leaf of leaves) leaf.clearGrad();
    const output = forward(...leaves);
    manualSeed(11);
    const weight = zeros(output.shape).normal_(0, 1);
    output.mul(weight).sum().backward();
    return [output, ...leaves.map((leaf) => leaf.grad as Tensor)].map((result) => result.toFloat32Array());
  });
}

/** The largest difference of two numbers at the same place; NaN where there is none to compare with. */
export function distance(a: Float32Array, b: Float32Array | undefined): number {
  if (a.length !== b?.length) return NaN;
  return a.reduce((most, value, index) => Math.max(most, Math.abs(value - (b[index] ?? NaN))), 0);
}

/** The same as a part of the largest number that was wanted. */
export function relativeDistance(a: Float32Array, wanted: Float32Array = new Float32Array()): number {
  return distance(a, wanted) / distance(wanted, new Float32Array(wanted.length));
}
