import { stack } from '../create.js';
import { native } from '../native.js';
import { Tensor } from '../tensor.js';

/**
 * Scales all gradients so that their joint 2-norm is at most `maxNorm`; gives the norm before, a scalar tensor.
 * `torch.nn.utils.clip_grad_norm_`, with its operations and its order of them.
 */
export function clipGradNorm(gradients: readonly Tensor[], maxNorm: number): Tensor {
  const handles = gradients.map((gradient) => gradient.handle);
  const norms = native.foreachNorm(handles, 2).map((norm) => new Tensor(norm));
  const totalNorm = stack(norms).vectorNorm(2);
  const coefficient = totalNorm.add(1e-6).reciprocal().mul(maxNorm).clamp(null, 1);
  native.foreachMul_(handles, coefficient.handle);
  return totalNorm;
}

/** The joint 2-norm of all gradients on the CPU, a scalar tensor: `clipGradNorm`'s in one pass, with other last bits. */
export function jointNorm(gradients: readonly Tensor[]): Tensor {
  return new Tensor(native.jointNorm(gradients.map((gradient) => gradient.handle)));
}

/** The `maxNorm` that transformers' Trainer takes `max_grad_norm` for: 0 turns clipping off. */
export function maxNormOf(maxGradNorm: number): number {
  return maxGradNorm > 0 ? maxGradNorm : Infinity;
}

/** What `clipGradNorm` multiplies gradients of the norm given by. */
export function clipCoefficient(norm: number, maxNorm: number): number {
  return Math.min(maxNorm / (norm + 1e-6), 1);
}
