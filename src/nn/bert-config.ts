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
  /** The token whose embedding starts at zero and is not trained; null for none. */
  readonly pad_token_id: number | null;
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

/** What may stand in a config.json but is computed in one way only. */
const onlyValues: Readonly<Record<string, unknown>> = {
  model_type: 'bert',
  position_embedding_type: 'absolute',
  is_decoder: false,
  pruned_heads: {},
  chunk_size_feed_forward: 0,
};

/** The whole numbers, with the least that makes sense. */
const wholeNumbers: Readonly<Record<string, number>> = {
  vocab_size: 1,
  hidden_size: 1,
  num_hidden_layers: 1,
  num_attention_heads: 1,
  intermediate_size: 1,
  max_position_embeddings: 1,
  // A question's tokens have the first, a context's the second.
  type_vocab_size: 2,
  pad_token_id: 0,
};

/** The greatest whole number that a file may hold; of the rest, probabilities, 1. */
const mostOf = (name: string) => (name in wholeNumbers ? 10_000_000 : 1);

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
  for (const [name, only] of Object.entries(onlyValues)) {
    const [expected, got] = [JSON.stringify(only), JSON.stringify(given[name] ?? only)];
    if (got !== expected) throw invalid(`"${name}": ${expected} in ${source}`, got);
  }
  const config: Record<string, unknown> = {};
  for (const [name, fallback] of Object.entries(defaults) as [string, unknown][]) {
    const value = given[name] === undefined ? fallback : given[name];
    if (value !== null || name !== 'pad_token_id') expectValue(name, value, typeof fallback, source);
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
  if (parsed.pad_token_id !== null && parsed.pad_token_id >= parsed.vocab_size) {
    throw invalid(
      `"pad_token_id" in ${source} to be below "vocab_size"`,
      `${parsed.pad_token_id} and ${parsed.vocab_size}`,
    );
  }
  return parsed;
}

/** Throws where a value is not of the type, or no number of its range. */
function expectValue(name: string, value: unknown, type: string, source: string): void {
  if (typeof value !== type) throw invalid(`a ${type} as "${name}" in ${source}`, JSON.stringify(value));
  if (typeof value !== 'number') return;
  const least = wholeNumbers[name] ?? 0;
  if (!(value >= least && value <= mostOf(name))) {
    throw invalid(`${least} to ${mostOf(name)} as "${name}" in ${source}`, String(value));
  }
  if (name in wholeNumbers && !Number.isInteger(value)) {
    throw invalid(`a whole number as "${name}" in ${source}`, String(value));
  }
}

function invalid(expected: string, got: string): QaError {
  return new QaError(`Expected ${expected}, got ${got}; give the config.json of a BERT model.`, 'ERR_CONFIG');
}
