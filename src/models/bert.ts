import { bertMiniConfig, parseBertConfig, type BertConfig } from '../nn/bert-config.js';
import { BertModel, initBertWeights } from '../nn/bert.js';
import { withoutInit } from '../nn/init.js';
import { Linear } from '../nn/linear.js';
import type { PackedTokens } from '../nn/packed.js';
import { withRounded } from '../nn/rounded.js';
import type { Module } from '../nn/module.js';
import type { Tensor } from '../tensor.js';
import type { ModelKind } from './kind.js';
import type { LoadReport } from './load-report.js';
import { ReaderModel, type ModelInputs, type SpanLogits } from './reader-model.js';
import { splitLogits, splitPackedLogits } from './span-head.js';

/** The notebook's `BERTModel`: BERT without pooler and a linear span head; transformers' `BertForQuestionAnswering`. */
export class BertForQuestionAnswering extends ReaderModel {
  readonly bert: BertModel;
  readonly qa_outputs: Linear;

  constructor(readonly config: BertConfig) {
    super();
    this.bert = new BertModel(config);
    this.qa_outputs = new Linear(config.hidden_size, 2);
    initBertWeights(this.qa_outputs, config);
  }

  /**
   * A model with a checkpoint's weights, as `from_pretrained`: only modules that the checkpoint lacks, or has in
   * part, draw random numbers. Takes BERT with its `bert.` prefix or without, and TensorFlow's gamma and beta. Weights
   * lie in memory as the checkpoint's do.
   */
  static fromState(
    config: BertConfig,
    state: ReadonlyMap<string, Tensor>,
  ): { model: BertForQuestionAnswering; report: LoadReport } {
    const model = withoutInit(() => new BertForQuestionAnswering(config));
    const renamed = renameCheckpoint(state);
    initMissing(model, '', renamed, config);
    return { model, report: model.loadStateDict(renamed, { assign: true }) };
  }

  override forward({ inputIds, attentionMask, tokenTypeIds }: ModelInputs): SpanLogits {
    return splitLogits(this.qa_outputs.forward(this.bert.forward(inputIds, attentionMask, tokenTypeIds)));
  }

  override forwardPacked(inputs: PackedTokens): SpanLogits {
    return withRounded([this.bert.encoder, this.qa_outputs], () =>
      splitPackedLogits(this.qa_outputs.forward(this.bert.forwardPacked(inputs)), inputs),
    );
  }
}

/** Checkpoint names as this model's: the prefix of a bare encoder added, the older names of LayerNorm replaced. */
function renameCheckpoint(state: ReadonlyMap<string, Tensor>): Map<string, Tensor> {
  const isBareEncoder = ![...state.keys()].some((name) => name.startsWith('bert.'));
  const renamed = new Map<string, Tensor>();
  for (const [name, tensor] of state) {
    const prefix = isBareEncoder && /^(embeddings|encoder)\./.test(name) ? 'bert.' : '';
    renamed.set(
      prefix +
        name.replace(/LayerNorm\.gamma$/, 'LayerNorm.weight').replace(/LayerNorm\.beta$/, 'LayerNorm.bias'),
      tensor,
    );
  }
  // A buffer in older checkpoints, no weight.
  renamed.delete('bert.embeddings.position_ids');
  return renamed;
}

/** Initialises each module of which the checkpoint lacks a parameter: the whole module, in the order of the modules. */
function initMissing(
  module: Module,
  prefix: string,
  state: ReadonlyMap<string, Tensor>,
  config: BertConfig,
): void {
  const children = [...module.namedChildren()];
  for (const [name, child] of children) initMissing(child, `${prefix}${name}.`, state, config);
  if (children.length > 0) return;
  if ([...module.namedParameters(prefix)].some(([name]) => !state.has(name))) initBertWeights(module, config);
}

export const bertMini: ModelKind<BertConfig> = {
  description: 'BERT-mini: 4 layers, 256 wide, from a checkpoint or random weights; takes any BERT config',
  modelType: 'bert',
  preset: (vocabSize) => ({ ...bertMiniConfig, vocab_size: vocabSize }),
  parseConfig: parseBertConfig,
  toJson: (config) => ({
    architectures: ['BertForQuestionAnswering'],
    model_type: 'bert',
    position_embedding_type: 'absolute',
    torch_dtype: 'float32',
    ...config,
  }),
  create: (config) => new BertForQuestionAnswering(config),
  load: (config, state) => BertForQuestionAnswering.fromState(config, state),
};
