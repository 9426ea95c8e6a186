import { Embedding } from '../nn/embedding.js';
import { Linear } from '../nn/linear.js';
import { toActivations, type PackedTokens } from '../nn/packed.js';
import { withRounded } from '../nn/rounded.js';
import { TransformerEncoderLayer } from '../nn/transformer-encoder-layer.js';
import type { Tensor } from '../tensor.js';
import { loadWhole, parseSizes, type ModelKind } from './kind.js';
import type { LstmConfig } from './lstm.js';
import { ReaderModel, type ModelInputs, type SpanLogits } from './reader-model.js';
import { splitLogits, splitPackedLogits } from './span-head.js';

/** config.json of the Transformer. */
export interface TransformerConfig extends LstmConfig {
  readonly num_heads: number;
}

/** The notebook's `TransformerModel`: embedding without positions, one encoder layer, span head. */
export class TransformerForQuestionAnswering extends ReaderModel {
  readonly embedding: Embedding;
  readonly encoder: TransformerEncoderLayer;
  readonly qa_outputs: Linear;

  constructor(readonly config: TransformerConfig) {
    super();
    this.embedding = new Embedding(config.vocab_size, config.dim);
    this.encoder = new TransformerEncoderLayer(config.dim, config.num_heads);
    this.qa_outputs = new Linear(config.dim, 2);
  }

  override forward({ inputIds, attentionMask }: ModelInputs): SpanLogits {
    const embedded = this.embedding.forward(inputIds).transpose(0, 1);
    const hidden = this.encoder.forward(embedded, this.#keyMask(attentionMask)).transpose(0, 1);
    return splitLogits(this.qa_outputs.forward(hidden));
  }

  override forwardPacked(inputs: PackedTokens): SpanLogits {
    const embedded = toActivations(this.embedding.forward(inputs.inputIds, inputs.groups?.words));
    return withRounded([this.encoder, this.qa_outputs], () => {
      const hidden = this.encoder.forwardPacked(embedded, inputs.sequences);
      return splitPackedLogits(this.qa_outputs.forward(hidden), inputs);
    });
  }

  /** True where a key is padding: [batch * heads, length, length] from [batch, length]. */
  #keyMask(attentionMask: Tensor): Tensor {
    const [batch, length] = attentionMask.shape as [number, number];
    const heads = this.config.num_heads;
    return attentionMask
      .unsqueeze(1)
      .unsqueeze(1)
      .expand(-1, heads, length, -1)
      .reshape(batch * heads, length, length)
      .eq(0);
  }
}

export const transformer: ModelKind<TransformerConfig> = {
  description:
    "the notebook's Transformer: embedding and one encoder layer, 768 wide, 12 heads, from random weights",
  modelType: 'qa-native-transformer',
  preset: (vocabSize) => ({ vocab_size: vocabSize, dim: 768, num_heads: 12 }),
  parseConfig: (json, source) => parseSizes(json, source, ['vocab_size', 'dim', 'num_heads']),
  toJson: (config) => ({
    architectures: ['TransformerModel'],
    model_type: 'qa-native-transformer',
    ...config,
  }),
  create: (config) => new TransformerForQuestionAnswering(config),
  load: (config, state) => loadWhole(() => new TransformerForQuestionAnswering(config), state),
};
