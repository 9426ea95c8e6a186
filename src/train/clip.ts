import { stack } from '../create.js';
import { native } from '../native.js';
import { Tensor } from '../tensor.js';

/**
 * Scales all gradients so that their joint 2-norm is at most `maxNorm`; gives the norm before, a scalar tensor.
 * `torch.nn.utils.clip_grad_norm_`, with its operations and its order of them.
 */
export function clipGradNorm(gradients: readonly Tensor[], maxNorm: number): Tensor {
  const totalNorm = gradNorm(gradients);
  const coefficient = totalNorm.add(1e-6).reciprocal().mul(maxNorm).clamp(null, 1);
  native.foreachMul_(handlesOf(gradients), coefficient.handle);
  return totalNorm;
}

/** The joint 2-norm of all gradients, a scalar tensor: `torch.nn.utils.get_total_norm`. */
export function gradNorm(gradients: readonly Tensor[]): Tensor {
  const norms = native.foreachNorm(handlesOf(gradients), 2).map((norm) => new Tensor(norm));
  return stack(norms).vectorNorm(2);
}

/** What `clipGradNorm` multiplies gradients of the norm given by. */
export function clipCoefficient(norm: number, maxNorm: number): number {
  return Math.min(maxNorm / (norm + 1e-6), 1);
}

function handlesOf(gradients: readonly Tensor[]) {
  return gradients.map((gradient) => gradient.handle);
}
