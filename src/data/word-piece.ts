import * as tokenizers from '@huggingface/tokenizers';
import { WordCache, type Pieces } from './word-cache.js';

interface WordPieceModel {
  encode(words: readonly string[]): string[];
}

interface WordPieceConfig {
  readonly type: 'WordPiece';
  readonly vocab: Readonly<Record<string, number>>;
  readonly unk_token: string;
  readonly continuing_subword_prefix: string;
  readonly max_input_chars_per_word: number;
}

// The package's declarations name their files without endings, which Node's module resolution does not follow: the
// class is there, its type is not.
const { WordPiece } = tokenizers as unknown as { WordPiece: new (config: WordPieceConfig) => WordPieceModel };

const unknown = '[UNK]';
const prefix = '##';

/** Longer words, in code points, are unknown. */
const maxInputCharsPerWord = 100;

/** WordPiece: splits words greedily into the longest pieces of the vocabulary, by @huggingface/tokenizers. */
export class WordPieces {
  readonly #model: WordPieceModel;
  readonly #known = new WordCache();
  /** All that pieces are made of. */
  readonly #characters: ReadonlySet<string>;

  constructor(private readonly ids: ReadonlyMap<string, number>) {
    this.#model = new WordPiece({
      type: 'WordPiece',
      vocab: Object.fromEntries(ids),
      unk_token: unknown,
      continuing_subword_prefix: prefix,
      max_input_chars_per_word: maxInputCharsPerWord,
    });
    this.#characters = new Set([...ids.keys()].flatMap((token) => [...token]));
  }

  /** The pieces of a normalised word; remembered, for most of a text is repetition. */
  of(word: string): Pieces {
    return this.#known.get(word, (unknownWord) => this.#split(unknownWord));
  }

  #split(word: string): Pieces {
    // The longest piece that a word can start with is the word itself, and most words of a text are in a vocabulary.
    const id = word.length <= maxInputCharsPerWord ? this.ids.get(word) : undefined;
    const characters = [...word];
    if (id !== undefined) return [id, characters.length];
    // A strange letter makes a word unknown. The model finds that out too, by trying all of the word's parts.
    if (!characters.every((character) => this.#characters.has(character))) {
      return [this.ids.get(unknown) ?? 0, characters.length];
    }
    return this.#model.encode([word]).flatMap((piece, index) => {
      // An unknown word is one token over all of it; else the pieces are the word, but for the ## of continuations.
      const length = [...(piece === unknown ? word : piece)].length - (index > 0 ? prefix.length : 0);
      return [this.ids.get(piece) ?? 0, length];
    });
  }
}
