import { readFile, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { hasCode, QaError, messageOf } from '../errors.js';
import { writeFileAtomic, writeJsonAtomic } from '../formats/atomic-file.js';
import type { NormalizerOptions } from './bert-normalizer.js';
import { toTokenizerJson } from './fast-tokenizer.js';
import {
  asObject,
  badTokenizer,
  checkAddedTokens,
  checkClass,
  checkJoining,
  checkSides,
  checkSpecialTokens,
  checkSplitting,
  plainClass,
} from './tokenizer-settings.js';
import { BertTokenizer } from './tokenizer.js';

const configName = 'tokenizer_config.json';
const fastName = 'tokenizer.json';
const specialName = 'special_tokens_map.json';
const addedName = 'added_tokens.json';
const modelName = 'config.json';

/** A tokenizer from a `vocab.txt`: a token a line, its id the line's number from 0. */
export async function readVocab(
  path: string,
  options: { readonly doLowerCase?: boolean } = {},
): Promise<BertTokenizer> {
  return fromVocab(path, normalizerOptions({ do_lower_case: options.doLowerCase ?? true }));
}

/**
 * The tokenizer of a folder in Hugging Face layout, as `AutoTokenizer.from_pretrained` makes it: the vocabulary of its
 * `tokenizer.json`, else of its `vocab.txt`; the normalizer's settings of its `tokenizer_config.json`, or BERT's
 * defaults, whatever tokenizer.json says of them, but for a `PreTrainedTokenizerFast`. Throws where any of its files asks
 * for other tokens than BERT's, or for other windows of them.
 */
export async function readTokenizer(dir: string): Promise<BertTokenizer> {
  const [config = {}, special = {}, added = {}, model = {}, fast] = await Promise.all(
    [configName, specialName, addedName, modelName, fastName].map((name) => readJsonIfThere(join(dir, name))),
  );
  const tokenizerClass = config['tokenizer_class'] ?? model['tokenizer_class'] ?? 'BertTokenizer';
  checkClass(tokenizerClass, dir);
  checkSides(config, fast ?? {}, dir);
  checkSpecialTokens(config, join(dir, configName));
  checkSpecialTokens(special, join(dir, specialName));
  checkAddedTokens(Object.keys(added), join(dir, addedName));
  const options = normalizerOptions(tokenizerClass === plainClass ? settingsOf(fast) : config);
  return fast === undefined
    ? fromVocab(join(dir, 'vocab.txt'), options)
    : fromTokenizerJson(fast, options, join(dir, fastName));
}

/**
 * Writes `vocab.txt` and `tokenizer_config.json`, from which Python's `BertTokenizerFast` makes the same tokenizer; a
 * `tokenizer.json` too where only that can say so. What another tokenizer left there would be read in their place.
 */
export async function saveTokenizer(dir: string, tokenizer: BertTokenizer): Promise<void> {
  await writeFileAtomic(join(dir, 'vocab.txt'), `${tokenizer.vocabulary.join('\n')}\n`);
  for (const other of [fastName, specialName, addedName]) await rm(join(dir, other), { force: true });
  if (!tokenizer.options.cleanText) await writeJsonAtomic(join(dir, fastName), toTokenizerJson(tokenizer));
  await writeJsonAtomic(join(dir, configName), {
    tokenizer_class: 'BertTokenizer',
    do_lower_case: tokenizer.options.lowercase,
    strip_accents: tokenizer.options.stripAccents,
    tokenize_chinese_chars: tokenizer.options.handleChineseChars,
    model_max_length: 512,
    pad_token: '[PAD]',
    unk_token: '[UNK]',
    cls_token: '[CLS]',
    sep_token: '[SEP]',
    mask_token: '[MASK]',
  });
}

/** Settings by the names of tokenizer_config.json. Accents are stripped where case is lowered, unless it says so. */
function normalizerOptions(config: Record<string, unknown>): NormalizerOptions {
  const lowercase = config['do_lower_case'] !== false;
  const stripAccents = config['strip_accents'];
  return {
    cleanText: true,
    handleChineseChars: config['tokenize_chinese_chars'] !== false,
    stripAccents: typeof stripAccents === 'boolean' ? stripAccents : lowercase,
    lowercase,
  };
}

/** What a tokenizer.json's normalizer says, by the names of tokenizer_config.json. */
function settingsOf(fast: Record<string, unknown> = {}): Record<string, unknown> {
  const normalizer = asObject(fast['normalizer']);
  return {
    do_lower_case: normalizer['lowercase'],
    strip_accents: normalizer['strip_accents'],
    tokenize_chinese_chars: normalizer['handle_chinese_chars'],
  };
}

async function fromVocab(path: string, options: NormalizerOptions): Promise<BertTokenizer> {
  const text = await readText(path);
  const lines = text.split(/\r\n|\r|\n/);
  if (lines.at(-1) === '') lines.pop();
  return new BertTokenizer(lines, options, path);
}

function fromTokenizerJson(
  json: Record<string, unknown>,
  options: NormalizerOptions,
  path: string,
): BertTokenizer {
  checkSplitting(json, path);
  const entries = Object.entries(asObject(asObject(json['model'])['vocab']));
  const vocabulary = entries.map(() => '');
  const taken = new Set<unknown>();
  for (const [token, id] of entries) {
    if (typeof id !== 'number' || !(id in vocabulary) || taken.has(id)) {
      const expected = `ids from 0 to ${entries.length - 1}, each once`;
      throw badTokenizer(path, expected, `${JSON.stringify(id)} of ${JSON.stringify(token)}`);
    }
    taken.add(id);
    vocabulary[id] = token;
  }
  const cleanText = asObject(json['normalizer'])['clean_text'] !== false;
  const tokenizer = new BertTokenizer(vocabulary, { ...options, cleanText }, path);
  checkJoining(json, tokenizer, path);
  return tokenizer;
}

/** Strict, as Python: replaced bytes would be another token. */
async function readUtf8(path: string): Promise<string> {
  return new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(await readFile(path));
}

async function readText(path: string): Promise<string> {
  try {
    return await readUtf8(path);
  } catch (error) {
    throw new QaError(
      `Expected a vocabulary at ${path}, but it could not be read (${messageOf(error)}); give the vocab.txt of a BERT model.`,
      'ERR_VOCABULARY',
      { cause: error },
    );
  }
}

/** A JSON object; undefined where there is no such file. */
async function readJsonIfThere(path: string): Promise<Record<string, unknown> | undefined> {
  try {
    return asObject(JSON.parse(await readUtf8(path)));
  } catch (error) {
    if (hasCode(error, 'ENOENT')) return undefined;
    throw new QaError(
      `Expected JSON in ${path}, but it could not be read (${messageOf(error)}); fetch the file again.`,
      'ERR_VOCABULARY',
      { cause: error },
    );
  }
}
