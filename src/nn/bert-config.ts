import { QaError } from '../errors.js';
import { activations, type HiddenAct } from './activations.js';

/** What BERT's `config.json` says, with its names and, where it is silent, its defaults. */
export interface BertConfig {
  readonly vocab_size: number;
  readonly hidden_size: number;
  readonly num_hidden_layers: number;
  readonly num_attention_heads: number;
  readonly intermediate_size: number;
  readonly hidden_act: HiddenAct;
  readonly hidden_dropout_prob: number;
  readonly attention_probs_dropout_prob: number;
  readonly max_position_embeddings: number;
  readonly type_vocab_size: number;
  readonly initializer_range: number;
  readonly layer_norm_eps: number;
  readonly pad_token_id: number;
}

/** transformers' `BertConfig` defaults: BERT-base. */
const defaults: BertConfig = {
  vocab_size: 30522,
  hidden_size: 768,
  num_hidden_layers: 12,
  num_attention_heads: 12,
  intermediate_size: 3072,
  hidden_act: 'gelu',
  hidden_dropout_prob: 0.1,
  attention_probs_dropout_prob: 0.1,
  max_position_embeddings: 512,
  type_vocab_size: 2,
  initializer_range: 0.02,
  layer_norm_eps: 1e-12,
  pad_token_id: 0,
};

/** Whole numbers above 0. */
const sizes: readonly string[] = [
  'vocab_size',
  'hidden_size',
  'num_hidden_layers',
  'num_attention_heads',
  'intermediate_size',
  'max_position_embeddings',
  'type_vocab_size',
];

/** The greatest value that makes sense: of a size one that a file may hold, of the rest a probability. */
function mostOf(name: string): number {
  return sizes.includes(name) || name === 'pad_token_id' ? 10_000_000 : 1;
}

/** BERT-mini (Turc et al. 2019, arXiv:1908.08962): 4 layers, 256 wide. */
export const bertMiniConfig: BertConfig = {
  ...defaults,
  hidden_size: 256,
  num_hidden_layers: 4,
  num_attention_heads: 4,
  intermediate_size: 1024,
};

/** Reads a parsed `config.json`; `source` names it in errors. Throws where it is no BERT that this code computes. */
export function parseBertConfig(json: unknown, source: string): BertConfig {
  if (typeof json !== 'object' || json === null) {
    throw invalid(`a JSON object in ${source}`, JSON.stringify(json));
  }
  const given = json as Record<string, unknown>;
  const modelType = given['model_type'] ?? 'bert';
  if (modelType !== 'bert') throw invalid(`"model_type": "bert" in ${source}`, JSON.stringify(modelType));
  const positions = given['position_embedding_type'] ?? 'absolute';
  if (positions !== 'absolute') {
    throw invalid(`"position_embedding_type": "absolute" in ${source}`, JSON.stringify(positions));
  }
  if (given['is_decoder'] === true) throw invalid(`"is_decoder": false in ${source}`, 'true');
  const config: Record<string, unknown> = {};
  for (const [name, fallback] of Object.entries(defaults) as [string, unknown][]) {
    const value = given[name] ?? fallback;
    if (typeof value !== typeof fallback) {
      throw invalid(`a ${typeof fallback} as "${name}" in ${source}`, JSON.stringify(value));
    }
    const least = sizes.includes(name) ? 1 : 0;
    if (typeof value === 'number' && !(value >= least && value <= mostOf(name))) {
      throw invalid(`${least} to ${mostOf(name)} as "${name}" in ${source}`, String(value));
    }
    if (sizes.includes(name) && !Number.isInteger(value)) {
      throw invalid(`a whole number as "${name}" in ${source}`, String(value));
    }
    config[name] = value;
  }
  if (!Object.hasOwn(activations, config['hidden_act'] as string)) {
    throw invalid(
      `one of ${Object.keys(activations).join(', ')} as "hidden_act" in ${source}`,
      JSON.stringify(config['hidden_act']),
    );
  }
  const parsed = config as unknown as BertConfig;
  if (parsed.hidden_size % parsed.num_attention_heads !== 0) {
    throw invalid(
      `"hidden_size" in ${source} to be a multiple of "num_attention_heads"`,
      `${parsed.hidden_size} and ${parsed.num_attention_heads}`,
    );
  }
  return parsed;
}

function invalid(expected: string, got: string): QaError {
  return new QaError(`Expected ${expected}, got ${got}; give the config.json of a BERT model.`, 'ERR_CONFIG');
}
