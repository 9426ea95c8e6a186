import { empty, zeros } from '../create.js';
import { native } from '../native.js';
import { tidy } from '../scope.js';
import { Tensor } from '../tensor.js';
import * as init from './init.js';
import { Dropout } from './dropout.js';
import { expectHeads } from './heads.js';
import { LayerNorm } from './layer-norm.js';
import { fastLinear, Linear } from './linear.js';
import { Module, Parameter } from './module.js';
import type { Sequences } from './packed.js';
import { packedAttention } from './packed-attention.js';

/** `torch.nn.TransformerEncoderLayer`'s arguments that may be left out. */
export interface TransformerEncoderLayerOptions {
  /** Width between the two linear layers. 2048. */
  readonly dimFeedforward?: number;
  /** Probability that a number is dropped. 0.1. */
  readonly dropout?: number;
  /** Added to the variance. 1e-5. */
  readonly layerNormEps?: number;
}

/** The parameters of `torch.nn.MultiheadAttention` for self-attention; the layer below computes with them. */
class SelfAttention extends Module {
  /** [3 * width, width]: query, key and value. */
  readonly in_proj_weight: Parameter;
  readonly in_proj_bias: Parameter;
  readonly out_proj: Linear;

  constructor(width: number) {
    super();
    // PyTorch draws the output projection, its bias too, before the input projection.
    const outProj = new Linear(width, width);
    this.in_proj_weight = new Parameter(empty([3 * width, width]));
    init.xavierUniform_(this.in_proj_weight);
    this.in_proj_bias = new Parameter(zeros([3 * width]));
    this.out_proj = outProj;
    this.out_proj.bias.setZero();
  }

  /** Query, key and value of packed rows, side by side: [tokens, 3 * width]. */
  project(input: Tensor): Tensor {
    return fastLinear(this, input, [this.in_proj_weight], [this.in_proj_bias]);
  }
}

/** `torch.nn.TransformerEncoderLayer` with its defaults: post-norm, ReLU, `batch_first=False`. */
export class TransformerEncoderLayer extends Module {
  readonly self_attn: SelfAttention;
  readonly linear1: Linear;
  readonly linear2: Linear;
  readonly norm1: LayerNorm;
  readonly norm2: LayerNorm;
  private readonly dropout: Dropout;
  private readonly layerNormEps: number;

  constructor(
    dModel: number,
    private readonly nhead: number,
    options: TransformerEncoderLayerOptions = {},
  ) {
    super();
    expectHeads(nhead, dModel);
    this.dropout = new Dropout(options.dropout ?? 0.1);
    this.layerNormEps = options.layerNormEps ?? 1e-5;
    this.self_attn = new SelfAttention(dModel);
    this.linear1 = new Linear(dModel, options.dimFeedforward ?? 2048);
    this.linear2 = new Linear(options.dimFeedforward ?? 2048, dModel);
    this.norm1 = new LayerNorm(dModel, this.layerNormEps);
    this.norm2 = new LayerNorm(dModel, this.layerNormEps);
  }

  /**
   * @param src [length, batch, dModel]
   * @param srcMask boolean [batch * nhead, length, length], true where a query must not see a key; null for none
   * @returns [length, batch, dModel]
   */
  forward(src: Tensor, srcMask: Tensor | null = null): Tensor {
    const parts = [this.self_attn, this.linear1, this.linear2, this.norm1, this.norm2];
    return new Tensor(
      native.transformerEncoderLayer(
        src.handle,
        srcMask?.handle ?? null,
        parts.flatMap((part) => part.parameters().map(({ handle }) => handle)),
        this.nhead,
        this.dropout.p,
        this.layerNormEps,
        this.training,
      ),
    );
  }

  /** The same for packed rows, [tokens, dModel], each token seeing all of its own row. */
  forwardPacked(src: Tensor, sequences: Sequences): Tensor {
    const { self_attn: attention, dropout } = this;
    const p = this.training ? this.dropout.p : 0;
    // Frees what no gradient needs as soon as the layer is done.
    return tidy(() => {
      const attended = packedAttention(attention.project(src), sequences, this.nhead, p);
      const x = this.norm1.forwardResidual(attention.out_proj.forward(attended), src, dropout);
      const hidden = dropout.forward(this.linear1.forward(x).relu());
      return this.norm2.forwardResidual(this.linear2.forward(hidden), x, dropout);
    });
  }
}
