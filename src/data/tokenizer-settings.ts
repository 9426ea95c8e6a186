import { isDeepStrictEqual } from 'node:util';
import { QaError } from '../errors.js';
import { reservedTokens, type BertTokenizer } from './tokenizer.js';

// What Python's BertTokenizerFast heeds of a folder's files and BertTokenizer does not compute: other tokens, other ids.

type Json = Record<string, unknown>;

/** Throws where tokenizer_config.json or special_tokens_map.json gives special tokens that are not BERT's. */
export function checkSpecialTokens(json: Json, path: string): void {
  for (const token of reservedTokens) {
    const name = `${token.slice(1, -1).toLowerCase()}_token`;
    if (json[name] === undefined || contentOf(json[name]) === token) continue;
    throw badTokenizer(path, `${token} as ${name}`, JSON.stringify(contentOf(json[name])));
  }
  for (const name of ['added_tokens_decoder', 'additional_special_tokens', 'extra_special_tokens']) {
    checkAddedTokens(Object.values(asObject(json[name])).map(contentOf), path);
  }
  if (json['split_special_tokens'] === true)
    throw badTokenizer(path, 'false as split_special_tokens', 'true');
}

/** A tokenizer that is what its tokenizer.json says, and no more. */
export const plainClass = 'PreTrainedTokenizerFast';
const bertClasses = /^(?:Bert|DistilBert|Electra)Tokenizer(?:Fast)?$/;

/** Throws where a folder's files name a class that makes tokens in another way than BERT's. */
export function checkClass(tokenizerClass: unknown, dir: string): void {
  if (tokenizerClass === plainClass || bertClasses.test(String(tokenizerClass))) return;
  throw badTokenizer(
    dir,
    `BertTokenizer or ${plainClass} as tokenizer_class`,
    JSON.stringify(tokenizerClass),
  );
}

/** Throws where windows would be cut or filled on the left: by tokenizer_config.json or, where that is silent, tokenizer.json. */
export function checkSides(config: Json, fast: Json, dir: string): void {
  for (const [name, section] of [
    ['padding_side', 'padding'],
    ['truncation_side', 'truncation'],
  ] as const) {
    const side = config[name] ?? (asObject(fast[section])['direction'] === 'Left' ? 'left' : 'right');
    if (side !== 'right') throw badTokenizer(dir, `"right" as ${name}`, JSON.stringify(side));
  }
}

/** Throws where a tokenizer has other tokens beside its vocabulary than those that BERT reserves. */
export function checkAddedTokens(tokens: readonly unknown[], path: string): void {
  const strange = tokens.find((token) => !(reservedTokens as readonly unknown[]).includes(token));
  if (strange === undefined) return;
  throw badTokenizer(path, `no added tokens but ${reservedTokens.join(' ')}`, JSON.stringify(strange));
}

/** Throws where a tokenizer.json makes tokens of a text in another way than BERT's. */
export function checkSplitting(json: Json, path: string): void {
  const model = asObject(json['model']);
  const normalizer = asObject(json['normalizer']);
  if (model['type'] !== 'WordPiece' || normalizer['type'] !== 'BertNormalizer') {
    throw badTokenizer(
      path,
      'a WordPiece model with a BertNormalizer',
      `${JSON.stringify(model['type'])} with ${JSON.stringify(normalizer['type'])}`,
    );
  }
  for (const [name, expected] of Object.entries(wordPieceSettings)) {
    const value = model[name] ?? expected;
    if (value === expected) continue;
    throw badTokenizer(path, `${JSON.stringify(expected)} as ${name}`, JSON.stringify(value));
  }
  const splitter = asObject(json['pre_tokenizer'])['type'] ?? null;
  if (splitter !== 'BertPreTokenizer') {
    throw badTokenizer(path, '"BertPreTokenizer" as pre_tokenizer', JSON.stringify(splitter));
  }
  const added = Array.isArray(json['added_tokens']) ? json['added_tokens'] : [];
  checkAddedTokens(added.map(contentOf), path);
}

/** WordPiece as BERT has it. */
export const wordPieceSettings = {
  unk_token: '[UNK]',
  continuing_subword_prefix: '##',
  max_input_chars_per_word: 100,
};

/** `[CLS] question [SEP] context [SEP]`, and what is of the context. */
export const bertPair = [
  { SpecialToken: { id: '[CLS]', type_id: 0 } },
  { Sequence: { id: 'A', type_id: 0 } },
  { SpecialToken: { id: '[SEP]', type_id: 0 } },
  { Sequence: { id: 'B', type_id: 1 } },
  { SpecialToken: { id: '[SEP]', type_id: 1 } },
];

/** Throws where a tokenizer.json joins a question and its context in another way than BERT's. */
export function checkJoining(json: Json, tokenizer: BertTokenizer, path: string): void {
  const processor = asObject(json['post_processor']);
  if (joinsAsBert(processor, tokenizer)) return;
  const got = JSON.stringify(processor['pair'] ?? processor['type'] ?? null);
  throw badTokenizer(path, "BERT's [CLS] question [SEP] context [SEP] as post_processor", got);
}

/** Both ways in which Python writes the same. */
function joinsAsBert(processor: Json, { clsTokenId: cls, sepTokenId: sep }: BertTokenizer): boolean {
  if (processor['type'] === 'BertProcessing') {
    return isDeepStrictEqual(
      [processor['cls'], processor['sep']],
      [
        ['[CLS]', cls],
        ['[SEP]', sep],
      ],
    );
  }
  const special = asObject(processor['special_tokens']);
  const idsOf = (token: string) => asObject(special[token])['ids'];
  return (
    processor['type'] === 'TemplateProcessing' &&
    isDeepStrictEqual(processor['pair'], bertPair) &&
    isDeepStrictEqual([idsOf('[CLS]'), idsOf('[SEP]')], [[cls], [sep]])
  );
}

/** A token is its text, or an object with its text and how it is found. */
function contentOf(token: unknown): unknown {
  return typeof token === 'object' && token !== null ? asObject(token)['content'] : token;
}

export function badTokenizer(path: string, expected: string, got: string): QaError {
  return new QaError(
    `Expected ${expected} in ${path}, got ${got}; give the tokenizer of a BERT model.`,
    'ERR_VOCABULARY',
  );
}

export function asObject(value: unknown): Json {
  return typeof value === 'object' && value !== null ? (value as Json) : {};
}
