import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { QaError, messageOf } from '../errors.js';
import { writeFileAtomic, writeJsonAtomic } from '../formats/atomic-file.js';
import { BertTokenizer } from './tokenizer.js';

/** A tokenizer from a `vocab.txt`: a token a line, its id the line's number from 0. */
export async function readVocab(
  path: string,
  options: { readonly doLowerCase?: boolean } = {},
): Promise<BertTokenizer> {
  const text = await readText(path, 'give the vocab.txt of a BERT model');
  const lines = text.split('\n').map((line) => (line.endsWith('\r') ? line.slice(0, -1) : line));
  if (lines.at(-1) === '') lines.pop();
  return new BertTokenizer(lines, normalizerOptions(options.doLowerCase ?? true), path);
}

/** The tokenizer of a folder in Hugging Face layout: its `tokenizer.json`, else `vocab.txt` and `tokenizer_config.json`. */
export async function readTokenizer(dir: string): Promise<BertTokenizer> {
  const path = join(dir, 'tokenizer.json');
  const fast = await readJsonIfThere(path);
  if (fast !== undefined) return fromTokenizerJson(fast, path);
  const config = await readJsonIfThere(join(dir, 'tokenizer_config.json'));
  return readVocab(join(dir, 'vocab.txt'), { doLowerCase: config?.['do_lower_case'] !== false });
}

/** Writes `vocab.txt` and `tokenizer_config.json`, from which Python's `BertTokenizerFast` makes the same tokenizer. */
export async function saveTokenizer(dir: string, tokenizer: BertTokenizer): Promise<void> {
  await writeFileAtomic(join(dir, 'vocab.txt'), `${tokenizer.vocabulary.join('\n')}\n`);
  await writeJsonAtomic(join(dir, 'tokenizer_config.json'), {
    tokenizer_class: 'BertTokenizer',
    do_lower_case: tokenizer.options.lowercase,
    model_max_length: 512,
    pad_token: '[PAD]',
    unk_token: '[UNK]',
    cls_token: '[CLS]',
    sep_token: '[SEP]',
    mask_token: '[MASK]',
  });
}

/** BERT's normalizer strips accents where it lowers case. */
function normalizerOptions(lowercase: boolean) {
  return { cleanText: true, handleChineseChars: true, stripAccents: lowercase, lowercase };
}

function fromTokenizerJson(json: Record<string, unknown>, path: string): BertTokenizer {
  const model = json['model'] as Record<string, unknown> | undefined;
  const normalizer = json['normalizer'] as Record<string, unknown> | undefined;
  const vocab = model?.['vocab'];
  if (
    model?.['type'] !== 'WordPiece' ||
    typeof vocab !== 'object' ||
    normalizer?.['type'] !== 'BertNormalizer'
  ) {
    throw new QaError(
      `Expected a WordPiece model with a BertNormalizer in ${path}, got ${JSON.stringify(model?.['type'])} with ` +
        `${JSON.stringify(normalizer?.['type'])}; give the tokenizer of a BERT model.`,
      'ERR_VOCABULARY',
    );
  }
  const vocabulary: string[] = [];
  for (const [token, id] of Object.entries(vocab as Record<string, number>)) vocabulary[id] = token;
  const flag = (name: string, fallback: boolean) =>
    typeof normalizer[name] === 'boolean' ? normalizer[name] : fallback;
  const lowercase = flag('lowercase', true);
  const options = {
    cleanText: flag('clean_text', true),
    handleChineseChars: flag('handle_chinese_chars', true),
    stripAccents: flag('strip_accents', lowercase),
    lowercase,
  };
  return new BertTokenizer(
    Array.from(vocabulary, (token: string | undefined) => token ?? ''),
    options,
    path,
  );
}

async function readText(path: string, remedy: string): Promise<string> {
  try {
    return await readFile(path, 'utf8');
  } catch (error) {
    throw new QaError(
      `Expected a vocabulary at ${path}, but it could not be read (${messageOf(error)}); ${remedy}.`,
      'ERR_VOCABULARY',
      { cause: error },
    );
  }
}

async function readJsonIfThere(path: string): Promise<Record<string, unknown> | undefined> {
  let text: string;
  try {
    text = await readFile(path, 'utf8');
  } catch {
    return undefined;
  }
  try {
    return JSON.parse(text) as Record<string, unknown>;
  } catch (error) {
    throw new QaError(
      `Expected JSON in ${path}, but ${messageOf(error)}; fetch the file again.`,
      'ERR_VOCABULARY',
    );
  }
}
