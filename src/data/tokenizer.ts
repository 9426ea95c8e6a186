import { QaError } from '../errors.js';
import { BertNormalizer, isPunctuation, type Normalized, type NormalizerOptions } from './bert-normalizer.js';
import { WordPiece } from './word-piece.js';

/** Token ids of a text, and for each token `[start, end)` in UTF-16 units of the original text, flattened. */
export interface Encoding {
  readonly ids: Int32Array;
  readonly offsets: Int32Array;
}

/** The five tokens that BERT reserves. */
const specialTokens = ['[PAD]', '[UNK]', '[CLS]', '[SEP]', '[MASK]'] as const;
const specialPattern = /(\[(?:PAD|UNK|CLS|SEP|MASK)\])/;

/** Words longer than this are unknown, as in the reference; in code points. */
const maxInputCharsPerWord = 100;

/** A word of the normalised text. */
type Word = Normalized;

/**
 * BERT's tokenizer with offsets, equal to Python's fast one (`BertTokenizerFast`): normalizer, split at white space
 * and punctuation, WordPiece. Special tokens that are written in the text are recognised, as there.
 */
export class BertTokenizer {
  readonly padTokenId: number;
  readonly clsTokenId: number;
  readonly sepTokenId: number;
  readonly unkTokenId: number;
  readonly #ids: ReadonlyMap<string, number>;
  readonly #model: WordPiece;
  readonly #normalizer: BertNormalizer;
  /** Encodings of what stands between white space, with offsets from its start: most of a text is repetition. */
  readonly #chunks = new Map<string, Encoding>();

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
    const missing = specialTokens.filter((token) => token !== '[MASK]' && !this.#ids.has(token));
    if (missing.length > 0) {
      throw new QaError(
        `Expected a BERT vocabulary in ${source}, but it lacks ${missing.join(', ')}; give the vocab.txt of a BERT model.`,
        'ERR_VOCABULARY',
      );
    }
    [this.padTokenId, this.unkTokenId, this.clsTokenId, this.sepTokenId] = (
      ['[PAD]', '[UNK]', '[CLS]', '[SEP]'] as const
    ).map((token) => this.#ids.get(token) ?? 0) as [number, number, number, number];
    this.#model = new WordPiece({
      type: 'WordPiece',
      vocab: Object.fromEntries(this.#ids),
      unk_token: '[UNK]',
      continuing_subword_prefix: '##',
      max_input_chars_per_word: maxInputCharsPerWord,
    });
    this.#normalizer = new BertNormalizer(options);
  }

  /** Encodes a text without adding special tokens. */
  encode(text: string): Encoding {
    const ids: number[] = [];
    const offsets: number[] = [];
    for (let start = 0; start < text.length;) {
      let end = start;
      while (end < text.length && !isAsciiSpace(text.charCodeAt(end))) end += 1;
      if (end > start) {
        const chunk = this.#encodeChunk(text.slice(start, end));
        for (const id of chunk.ids) ids.push(id);
        for (const offset of chunk.offsets) offsets.push(start + offset);
      }
      start = end + 1;
    }
    return { ids: Int32Array.from(ids), offsets: Int32Array.from(offsets) };
  }

  #encodeChunk(chunk: string): Encoding {
    const known = this.#chunks.get(chunk);
    if (known !== undefined) return known;
    const ids: number[] = [];
    const offsets: number[] = [];
    let start = 0;
    for (const part of chunk.split(specialPattern)) {
      const special = specialPattern.test(part) ? this.#ids.get(part) : undefined;
      if (special !== undefined) {
        ids.push(special);
        offsets.push(start, start + part.length);
      } else {
        for (const word of this.#words(part)) this.#encodeWord(word, start, ids, offsets);
      }
      start += part.length;
    }
    const encoding = { ids: Int32Array.from(ids), offsets: Int32Array.from(offsets) };
    this.#chunks.set(chunk, encoding);
    return encoding;
  }

  /** Normalises a text and splits it at white space, and around each punctuation mark. */
  *#words(text: string): Generator<Word> {
    const { characters, starts, ends } = this.#normalizer.normalize(text);
    const word = (from: number, to: number): Word => ({
      characters: characters.slice(from, to),
      starts: starts.slice(from, to),
      ends: ends.slice(from, to),
    });
    let first = 0;
    for (const [index, character] of characters.entries()) {
      const alone = isPunctuation(character);
      if (!alone && character !== ' ') continue;
      if (index > first) yield word(first, index);
      if (alone) yield word(index, index + 1);
      first = index + 1;
    }
    if (characters.length > first) yield word(first, characters.length);
  }

  #encodeWord({ characters, starts, ends }: Word, base: number, ids: number[], offsets: number[]): void {
    const pieces = this.#model.encode([characters.join('')]);
    let first = 0;
    for (const [index, piece] of pieces.entries()) {
      // An unknown word is one token over all of it; else the pieces are the word, but for the ## of continuations.
      const isUnknown = piece === '[UNK]';
      const length = isUnknown ? characters.length : [...piece].length - (index > 0 ? 2 : 0);
      ids.push(isUnknown ? this.unkTokenId : (this.#ids.get(piece) ?? this.unkTokenId));
      offsets.push(base + (starts[first] ?? 0), base + (ends[first + length - 1] ?? 0));
      first += length;
    }
  }
}

/** Space, tab, line feed and carriage return; other white space is the normalizer's business. */
function isAsciiSpace(unit: number): boolean {
  return unit === 32 || unit === 9 || unit === 10 || unit === 13;
}
