/** The pieces of a word, flattened: each one's token id and its length in code points. They cover the word. */
export type Pieces = readonly number[];

/** Longer words are seldom seen twice. */
const longestWord = 64;

/** More words than SQuAD has; a server that reads any text must not remember all of it. */
const usualLimit = 2 ** 18;

/** Pieces of words that were met before: as many as fit, then it starts anew. */
export class WordCache {
  readonly #pieces = new Map<string, Pieces>();

  constructor(private readonly limit = usualLimit) {}

  get size(): number {
    return this.#pieces.size;
  }

  /** The pieces of a word, split by `split` where they are not remembered. */
  get(word: string, split: (word: string) => Pieces): Pieces {
    const known = this.#pieces.get(word);
    if (known !== undefined) return known;
    const pieces = split(word);
    if (word.length > longestWord) return pieces;
    if (this.#pieces.size >= this.limit) this.#pieces.clear();
    this.#pieces.set(copyOf(word), pieces);
    return pieces;
  }
}

/** V8 keeps the whole of a text for the sake of a part of it, unless the part is shorter than 13 units or copied. */
function copyOf(word: string): string {
  return word.length < 13 ? word : word.split('').join('');
}
