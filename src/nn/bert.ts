import { arange } from '../create.js';
import { QaError } from '../errors.js';
import { noGrad, tidy } from '../scope.js';
import { Tensor } from '../tensor.js';
import type { HiddenAct } from './activations.js';
import type { BertConfig } from './bert-config.js';
import { Dropout } from './dropout.js';
import { Embedding } from './embedding.js';
import { expectHeads } from './heads.js';
import * as init from './init.js';
import { LayerNorm } from './layer-norm.js';
import { fastLinear, Linear } from './linear.js';
import { Module } from './module.js';
import { toActivations, type PackedTokens, type Sequences } from './packed.js';
import { packedAttention } from './packed-attention.js';
import { paddedAttention, paddingMask, type PaddingMask } from './padded-attention.js';

// BERT's encoder (Devlin et al. 2018) with the module names of transformers' `BertModel`, computed in the order of
// its eager attention, so that a run gives Python's bits.

/** What a token sees: of padded rows, [batch, length, width], a mask; of packed rows, [tokens, width], each its own row alone. */
type Visible = PaddingMask | Sequences;

/** Word, token type and position, summed in this order, normed. */
class BertEmbeddings extends Module {
  readonly word_embeddings: Embedding;
  readonly position_embeddings: Embedding;
  readonly token_type_embeddings: Embedding;
  readonly LayerNorm: LayerNorm;
  private readonly dropout: Dropout;

  constructor(private readonly config: BertConfig) {
    super();
    this.word_embeddings = new Embedding(config.vocab_size, config.hidden_size, config.pad_token_id);
    this.position_embeddings = new Embedding(config.max_position_embeddings, config.hidden_size);
    this.token_type_embeddings = new Embedding(config.type_vocab_size, config.hidden_size);
    this.LayerNorm = new LayerNorm(config.hidden_size, config.layer_norm_eps);
    this.dropout = new Dropout(config.hidden_dropout_prob);
  }

  /** `positions` are below `length`; all int64. */
  forward(
    inputIds: Tensor,
    tokenTypeIds: Tensor,
    positions: Tensor,
    length: number,
    groups?: PackedTokens['groups'],
  ): Tensor {
    if (length > this.config.max_position_embeddings) {
      throw new QaError(
        `Expected at most ${this.config.max_position_embeddings} positions (max_position_embeddings), got ${length}; ` +
          'take shorter windows (`maxSeqLength`).',
        'ERR_POSITIONS',
      );
    }
    return tidy(() => {
      const words = this.word_embeddings.forward(inputIds, groups?.words);
      const embeddings = words.add(this.token_type_embeddings.forward(tokenTypeIds));
      embeddings.add_(this.position_embeddings.forward(positions, groups?.positions));
      return this.dropout.forward(this.LayerNorm.forward(embeddings));
    });
  }
}

class BertSelfAttention extends Module {
  readonly query: Linear;
  readonly key: Linear;
  readonly value: Linear;
  private readonly dropoutP: number;
  private readonly heads: number;

  constructor(config: BertConfig) {
    super();
    expectHeads(config.num_attention_heads, config.hidden_size);
    this.dropoutP = config.attention_probs_dropout_prob;
    this.heads = config.num_attention_heads;
    this.query = new Linear(config.hidden_size, config.hidden_size);
    this.key = new Linear(config.hidden_size, config.hidden_size);
    this.value = new Linear(config.hidden_size, config.hidden_size);
  }

  forward(hidden: Tensor, visible: Visible): Tensor {
    const dropoutP = this.training ? this.dropoutP : 0;
    if (!('added' in visible)) {
      const layers = [this.query, this.key, this.value];
      const [weights, biases] = [layers.map(({ weight }) => weight), layers.map(({ bias }) => bias)];
      const projected = fastLinear(this, hidden, weights, biases);
      return packedAttention(projected, visible, this.heads, dropoutP);
    }
    const query = this.query.forward(hidden);
    const key = this.key.forward(hidden);
    const value = this.value.forward(hidden);
    const [batch, length, width] = hidden.shape as [number, number, number];
    const toHeads = (a: Tensor) => a.view(batch, length, this.heads, width / this.heads).permute(0, 2, 1, 3);
    const context = paddedAttention(toHeads(query), toHeads(key), toHeads(value), visible, dropoutP);
    return context.permute(0, 2, 1, 3).contiguous().view(batch, length, width);
  }
}

/**
 * dense, dropout, and the residual normed: both BertSelfOutput and BertOutput of transformers. The activation before the
 * latter's dense layer is applied here, not in BertIntermediate, as less has to be remembered so.
 */
class BertResidual extends Module {
  readonly dense: Linear;
  readonly LayerNorm: LayerNorm;
  private readonly dropout: Dropout;

  constructor(
    inFeatures: number,
    config: BertConfig,
    private readonly activation?: HiddenAct,
  ) {
    super();
    this.dense = new Linear(inFeatures, config.hidden_size);
    this.LayerNorm = new LayerNorm(config.hidden_size, config.layer_norm_eps);
    this.dropout = new Dropout(config.hidden_dropout_prob);
  }

  forward(hidden: Tensor, residual: Tensor): Tensor {
    const projected =
      this.activation === undefined
        ? this.dense.forward(hidden)
        : this.dense.forwardActivated(hidden, this.activation);
    return this.LayerNorm.forwardResidual(projected, residual, this.dropout);
  }
}

class BertAttention extends Module {
  readonly self: BertSelfAttention;
  readonly output: BertResidual;

  constructor(config: BertConfig) {
    super();
    this.self = new BertSelfAttention(config);
    this.output = new BertResidual(config.hidden_size, config);
  }

  forward(hidden: Tensor, visible: Visible): Tensor {
    return this.output.forward(this.self.forward(hidden, visible), hidden);
  }
}

class BertIntermediate extends Module {
  readonly dense: Linear;

  constructor(config: BertConfig) {
    super();
    this.dense = new Linear(config.hidden_size, config.intermediate_size);
  }

  forward(hidden: Tensor): Tensor {
    return this.dense.forward(hidden);
  }
}

class BertLayer extends Module {
  readonly attention: BertAttention;
  readonly intermediate: BertIntermediate;
  readonly output: BertResidual;

  constructor(config: BertConfig) {
    super();
    this.attention = new BertAttention(config);
    this.intermediate = new BertIntermediate(config);
    this.output = new BertResidual(config.intermediate_size, config, config.hidden_act);
  }

  /** Frees what no gradient needs, a quarter of a step's memory, as soon as the layer is done. */
  forward(hidden: Tensor, visible: Visible): Tensor {
    return tidy(() => {
      const attended = this.attention.forward(hidden, visible);
      return this.output.forward(this.intermediate.forward(attended), attended);
    });
  }
}

class BertEncoder extends Module {
  readonly layer: readonly BertLayer[];

  constructor(config: BertConfig) {
    super();
    this.layer = Array.from({ length: config.num_hidden_layers }, () => new BertLayer(config));
  }

  forward(hidden: Tensor, visible: Visible): Tensor {
    return this.layer.reduce((state, layer) => layer.forward(state, visible), hidden);
  }
}

/** transformers' `BertModel(config, add_pooling_layer=False)`. */
export class BertModel extends Module {
  readonly embeddings: BertEmbeddings;
  readonly encoder: BertEncoder;

  constructor(config: BertConfig) {
    super();
    this.embeddings = new BertEmbeddings(config);
    this.encoder = new BertEncoder(config);
    initBertWeights(this, config);
  }

  /** int64 ids, token types and mask (1 for real tokens), each [batch, length], to [batch, length, hidden_size]. */
  forward(inputIds: Tensor, attentionMask: Tensor, tokenTypeIds: Tensor): Tensor {
    const length = inputIds.size(1);
    const positions = arange(length, { device: inputIds.device }).unsqueeze(0);
    const embeddings = this.embeddings.forward(inputIds, tokenTypeIds, positions, length);
    return this.encoder.forward(embeddings, paddingMask(attentionMask));
  }

  /** Packed rows: int64 ids, token types and positions, each [tokens], to [tokens, hidden_size]. */
  forwardPacked({ inputIds, tokenTypeIds, positionIds, sequences, groups }: PackedTokens): Tensor {
    const { longest } = sequences;
    const embeddings = this.embeddings.forward(inputIds, tokenTypeIds, positionIds, longest, groups);
    return this.encoder.forward(toActivations(embeddings), sequences);
  }
}

/**
 * `BertPreTrainedModel._init_weights` for a module and all within it, children first: normal weights, zero biases.
 * It comes on top of the layers' own initialisation, whose draws stay drawn, as in Python.
 */
export function initBertWeights(module: Module, config: BertConfig): void {
  for (const [, child] of module.namedChildren()) initBertWeights(child, config);
  if (module instanceof Linear || module instanceof Embedding) {
    init.normal_(module.weight, 0, config.initializer_range);
  }
  if (module instanceof Linear) noGrad(() => module.bias.fill_(0));
  if (module instanceof Embedding) module.zeroPadding();
}
