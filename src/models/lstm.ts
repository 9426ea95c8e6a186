import { Embedding } from '../nn/embedding.js';
import { Linear } from '../nn/linear.js';
import { LSTM } from '../nn/lstm.js';
import type { PackedTokens } from '../nn/packed.js';
import { loadWhole, parseSizes, type ModelKind } from './kind.js';
import { ReaderModel, type ModelInputs, type SpanLogits } from './reader-model.js';
import { splitLogits, splitPackedLogits } from './span-head.js';

/** config.json of the LSTM. */
export interface LstmConfig {
  readonly vocab_size: number;
  /** Width of the embedding and of the layer. */
  readonly dim: number;
}

/** The notebook's `LSTMModel`: embedding, one LSTM layer, span head. */
export class LstmForQuestionAnswering extends ReaderModel {
  readonly embedding: Embedding;
  readonly lstm: LSTM;
  readonly qa_outputs: Linear;

  constructor(readonly config: LstmConfig) {
    super();
    this.embedding = new Embedding(config.vocab_size, config.dim);
    this.lstm = new LSTM(config.dim, config.dim);
    this.qa_outputs = new Linear(config.dim, 2);
  }

  /** Rows are packed by their lengths. */
  override get recordable(): boolean {
    return false;
  }

  override forward({ inputIds, attentionMask }: ModelInputs): SpanLogits {
    const hidden = this.lstm.forward(this.embedding.forward(inputIds), attentionMask.sum(1));
    return splitLogits(this.qa_outputs.forward(hidden));
  }

  override forwardPacked(inputs: PackedTokens): SpanLogits {
    const embedded = this.embedding.forward(inputs.inputIds);
    const hidden = this.lstm.forwardPacked(embedded, inputs.sequences.lengths);
    return splitPackedLogits(this.qa_outputs.forward(hidden), inputs);
  }
}

export const lstm: ModelKind<LstmConfig> = {
  description: "the notebook's LSTM: embedding and one layer, 768 wide, from random weights",
  modelType: 'qa-native-lstm',
  preset: (vocabSize) => ({ vocab_size: vocabSize, dim: 768 }),
  parseConfig: (json, source) => parseSizes(json, source, ['vocab_size', 'dim']),
  toJson: (config) => ({ architectures: ['LSTMModel'], model_type: 'qa-native-lstm', ...config }),
  create: (config) => new LstmForQuestionAnswering(config),
  load: (config, state) => loadWhole(() => new LstmForQuestionAnswering(config), state),
};
