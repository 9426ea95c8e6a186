import { QaError } from '../errors.js';
import { BertNormalizer, isPunctuation, type NormalizerOptions } from './bert-normalizer.js';
import { EncodingBuilder, type Encoding } from './encoding.js';
import { WordCache } from './word-cache.js';
import { WordPieces } from './word-piece.js';

export type { Encoding } from './encoding.js';

/** The tokens that BERT reserves. They are found in a text as they are written, before it is normalised. */
export const reservedTokens = ['[PAD]', '[UNK]', '[CLS]', '[SEP]', '[MASK]'] as const;
const specialPattern = /(\[(?:PAD|UNK|CLS|SEP|MASK)\])/;
const requiredTokens = ['[PAD]', '[UNK]', '[CLS]', '[SEP]'] as const;

/** What an ASCII character is: 0 for control characters, which need the normalizer. */
const space = 1;
const punctuation = 2;
const letter = 3;
const asciiClasses = Uint8Array.from({ length: 128 }, (_, unit) => {
  const character = String.fromCharCode(unit);
  if (/[ \t\n\r]/.test(character)) return space;
  if (/[0-9A-Za-z]/.test(character)) return letter;
  return unit < 32 || unit === 127 ? 0 : punctuation;
});

/**
 * BERT's tokenizer with offsets, equal to Python's fast one (`BertTokenizerFast`): normalizer, split at white space
 * and around punctuation, WordPiece. Special tokens that are written in the text are recognised, as there.
 */
export class BertTokenizer {
  readonly padTokenId: number;
  readonly unkTokenId: number;
  readonly clsTokenId: number;
  readonly sepTokenId: number;
  readonly #ids: ReadonlyMap<string, number>;
  /** Those of the reserved tokens: [MASK] comes behind a vocabulary that lacks it, as in Python. */
  readonly #reservedIds: ReadonlyMap<string, number>;
  readonly #normalizer: BertNormalizer;
  readonly #wordPieces: WordPieces;
  /** Pieces of words of ASCII letters and digits, as they are written. */
  readonly #asciiWords = new WordCache();
  readonly #tokens = new EncodingBuilder();

  /**
   * @param vocabulary tokens in the order of their ids
   * @param source names the vocabulary in errors
   */
  constructor(
    readonly vocabulary: readonly string[],
    readonly options: NormalizerOptions,
    source: string,
  ) {
    this.#ids = new Map(vocabulary.map((token, id) => [token, id]));
    const missing = requiredTokens.filter((token) => !this.#ids.has(token));
    if (missing.length > 0) {
      throw new QaError(
        `Expected a BERT vocabulary in ${source}, but it lacks ${missing.join(', ')}; give the vocab.txt of a BERT model.`,
        'ERR_VOCABULARY',
      );
    }
    const id = (token: (typeof requiredTokens)[number]) => this.#ids.get(token) ?? 0;
    this.padTokenId = id('[PAD]');
    this.unkTokenId = id('[UNK]');
    this.clsTokenId = id('[CLS]');
    this.sepTokenId = id('[SEP]');
    this.#reservedIds = new Map(
      reservedTokens.map((token) => [token, this.#ids.get(token) ?? this.#ids.size]),
    );
    this.#normalizer = new BertNormalizer(options);
    this.#wordPieces = new WordPieces(this.#ids);
  }

  /** Encodes a text without adding special tokens. */
  encode(text: string): Encoding {
    if (!specialPattern.test(text)) {
      this.#encodeRange(text, 0, text.length);
      return this.#tokens.take();
    }
    let start = 0;
    for (const part of text.split(specialPattern)) {
      const end = start + part.length;
      const reserved = this.#reservedIds.get(part);
      if (reserved === undefined) this.#encodeRange(text, start, end);
      else this.#tokens.push(reserved, start, end);
      start = end;
    }
    return this.#tokens.take();
  }

  /** The short way, for ASCII; where another character comes, its word and all up to the next space go the long way. */
  #encodeRange(text: string, start: number, end: number): void {
    for (let at = start; at < end;) {
      const kind = asciiClasses[text.charCodeAt(at)] ?? 0;
      let next = at + 1;
      if (kind === letter) {
        while (next < end && asciiClasses[text.charCodeAt(next)] === letter) next += 1;
      }
      const following = next < end && kind === letter ? (asciiClasses[text.charCodeAt(next)] ?? 0) : space;
      if (kind === 0 || following === 0) {
        while (next < end && asciiClasses[text.charCodeAt(next)] !== space) next += 1;
        this.#encodeNormalized(text.slice(at, next), at);
      } else if (kind !== space) {
        this.#encodeAsciiWord(text.slice(at, next), at);
      }
      at = next;
    }
  }

  #encodeAsciiWord(word: string, start: number): void {
    const pieces = this.#asciiWords.get(word, (written) =>
      this.#wordPieces.of(this.options.lowercase ? written.toLowerCase() : written),
    );
    let at = start;
    for (let i = 0; i < pieces.length; i += 2) {
      const end = at + (pieces[i + 1] ?? 0);
      this.#tokens.push(pieces[i] ?? 0, at, end);
      at = end;
    }
  }

  /** The long way: normalises the text, and splits it at white space and around each punctuation mark. */
  #encodeNormalized(text: string, base: number): void {
    const { characters, starts, ends } = this.#normalizer.normalize(text);
    const encodeWord = (from: number, to: number) => {
      let first = from;
      const pieces = this.#wordPieces.of(characters.slice(from, to).join(''));
      for (let i = 0; i < pieces.length; i += 2) {
        const next = first + (pieces[i + 1] ?? 0);
        this.#tokens.push(pieces[i] ?? 0, base + (starts[first] ?? 0), base + (ends[next - 1] ?? 0));
        first = next;
      }
    };
    let first = 0;
    for (const [index, character] of characters.entries()) {
      const alone = isPunctuation(character);
      if (!alone && character !== ' ') continue;
      if (index > first) encodeWord(first, index);
      if (alone) encodeWord(index, index + 1);
      first = index + 1;
    }
    if (characters.length > first) encodeWord(first, characters.length);
  }
}
