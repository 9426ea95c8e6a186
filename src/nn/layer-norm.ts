import { ones, zeros } from '../create.js';
import { native } from '../native.js';
import { Tensor } from '../tensor.js';
import type { Dropout } from './dropout.js';
import { kernels } from './kernels.js';
import { Module, Parameter } from './module.js';
import { rounded } from './rounded.js';

/** `torch.nn.LayerNorm` over the last dimension. */
export class LayerNorm extends Module {
  /** [width] */
  readonly weight: Parameter;
  /** [width] */
  readonly bias: Parameter;

  constructor(
    private readonly width: number,
    private readonly eps = 1e-5,
  ) {
    super();
    this.weight = new Parameter(ones([width]));
    this.bias = new Parameter(zeros([width]));
  }

  forward(input: Tensor): Tensor {
    const [weight, bias] = [rounded(this.weight), rounded(this.bias)];
    return new Tensor(native.layerNorm(input.handle, [this.width], weight.handle, bias.handle, this.eps));
  }

  /** Of `input` after dropout and a residual, in their order: how a transformer's sublayers end. */
  forwardResidual(input: Tensor, residual: Tensor, dropout: Dropout): Tensor {
    if (!kernels().fast) return this.forward(dropout.forward(input).add(residual));
    const [weight, bias] = [rounded(this.weight), rounded(this.bias)];
    const p = dropout.training ? dropout.p : 0;
    return new Tensor(
      native.fastResidualNorm(input.handle, residual.handle, weight.handle, bias.handle, this.eps, p),
    );
  }
}
