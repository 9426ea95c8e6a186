import { cat, empty } from '../create.js';
import { native } from '../native.js';
import { Tensor } from '../tensor.js';
import { activations, type HiddenAct } from './activations.js';
import * as init from './init.js';
import { kernels } from './kernels.js';
import { Module, Parameter } from './module.js';
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
    const linear = kernels().fast ? native.fastLinear : native.linear;
    return new Tensor(linear(input.handle, rounded(this.weight).handle, rounded(this.bias).handle));
  }

  /** `forward` of an activation of the input, with the same bits. GELU's output is not kept for the gradients' sake. */
  forwardActivated(input: Tensor, activation: HiddenAct): Tensor {
    if (activation !== 'gelu') return this.forward(activations[activation](input));
    if (kernels().fast) return this.forward(new Tensor(native.fastGelu(input.handle)));
    return new Tensor(native.geluLinear(input.handle, this.weight.handle, this.bias.handle));
  }
}

/** `forward` of several layers of one input, their outputs side by side: one product in place of many. */
export function linearSideBySide(input: Tensor, layers: readonly Linear[]): Tensor {
  const weight = cat(layers.map((layer) => rounded(layer.weight)));
  const bias = cat(layers.map((layer) => rounded(layer.bias)));
  return new Tensor(native.fastLinear(input.handle, weight.handle, bias.handle));
}
