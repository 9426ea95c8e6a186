import { cat, empty } from '../create.js';
import { native } from '../native.js';
import { Tensor } from '../tensor.js';
import { activations, type HiddenAct } from './activations.js';
import * as init from './init.js';
import { kernels } from './kernels.js';
import { Module, Parameter } from './module.js';
import { prepacked } from './prepacked.js';
import { rounded } from './rounded.js';

/** `torch.nn.Linear`: y = x Wᵀ + b, on [..., inFeatures] giving [..., outFeatures]. */
export class Linear extends Module {
  /** [outFeatures, inFeatures] */
  readonly weight: Parameter;
  /** [outFeatures] */
  readonly bias: Parameter;

  constructor(inFeatures: number, outFeatures: number) {
    super();
    this.weight = new Parameter(empty([outFeatures, inFeatures]));
    this.bias = new Parameter(empty([outFeatures]));
    init.kaimingUniform_(this.weight);
    const bound = 1 / Math.sqrt(inFeatures);
    init.uniform_(this.bias, -bound, bound);
  }

  forward(input: Tensor): Tensor {
    if (kernels().fast) return fastLinear(this, input, [this.weight], [this.bias]);
    return new Tensor(native.linear(input.handle, this.weight.handle, this.bias.handle));
  }

  /** `forward` of an activation of the input, with the same bits. GELU's output is not kept for the gradients' sake. */
  forwardActivated(input: Tensor, activation: HiddenAct): Tensor {
    if (activation !== 'gelu') return this.forward(activations[activation](input));
    if (kernels().fast) return this.forward(new Tensor(native.fastGelu(input.handle)));
    return new Tensor(native.geluLinear(input.handle, this.weight.handle, this.bias.handle));
  }
}

/**
 * `forward` of layers of one input, their outputs side by side, with fast kernels: one product in place of many.
 * @param owner what computes this, and nothing else of the kind
 */
export function fastLinear(
  owner: Module,
  input: Tensor,
  weights: readonly Parameter[],
  biases: readonly Parameter[],
): Tensor {
  const handlesOf = (parameters: readonly Parameter[]) =>
    parameters.map((parameter) => rounded(parameter).handle);
  const packed = prepacked(owner, () =>
    native
      .prepackLinear(input.handle, handlesOf(weights), handlesOf(biases))
      .map((handle) => new Tensor(handle)),
  );
  if (packed !== undefined) {
    const [weight, bias] = packed;
    return new Tensor(native.prepackedLinear(input.handle, weight.handle, bias.handle));
  }
  const beside = (parameters: readonly Parameter[]) =>
    parameters.length === 1 ? rounded(parameters[0]) : cat(parameters.map(rounded));
  return new Tensor(native.fastLinear(input.handle, beside(weights).handle, beside(biases).handle));
}
