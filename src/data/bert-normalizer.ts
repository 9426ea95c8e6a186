import { nonspacingMarks, punctuation, removed } from './unicode-ranges.js';

/** What becomes of one code point: the characters of the normalised text, or a break between words. */
export type Normalized = readonly string[];

/** The options of BERT's normalizer, by the names of tokenizer.json. */
export interface NormalizerOptions {
  readonly cleanText: boolean;
  readonly handleChineseChars: boolean;
  readonly stripAccents: boolean;
  readonly lowercase: boolean;
}

/**
 * The normalizer of Python's fast BERT tokenizer (`tokenizers.normalizers.BertNormalizer`), one code point at a time,
 * so that each character of the result is known to come from that code point.
 */
export class BertNormalizer {
  readonly #known = new Map<number, Normalized>();

  constructor(private readonly options: NormalizerOptions) {}

  /** The characters that the code point becomes; `' '` is white space, none where it is removed. */
  normalize(codePoint: number): Normalized {
    let result = this.#known.get(codePoint);
    if (result === undefined) {
      result = this.#compute(codePoint);
      this.#known.set(codePoint, result);
    }
    return result;
  }

  #compute(codePoint: number): Normalized {
    const { cleanText, handleChineseChars, stripAccents, lowercase } = this.options;
    const character = String.fromCodePoint(codePoint);
    if (cleanText && classes.removed.has(codePoint)) return [];
    if (isWhiteSpace(character)) return [' '];

    let characters = [character];
    if (stripAccents) {
      characters = [...character.normalize('NFD')].filter((part) => !classes.marks.has(part.codePointAt(0) ?? 0));
    }
    // Letter by letter, as the reference: a sigma at a word's end gets no form of its own.
    if (lowercase) characters = characters.flatMap((part) => [...part.toLowerCase()]);
    return handleChineseChars && isChinese(codePoint) ? [' ', ...characters, ' '] : characters;
  }
}

const punctuationMarks = new Map<string, boolean>();

/** Whether the character is a word of its own. */
export function isPunctuation(character: string): boolean {
  let known = punctuationMarks.get(character);
  if (known === undefined) {
    known = classes.punctuation.has(character.codePointAt(0) ?? 0);
    punctuationMarks.set(character, known);
  }
  return known;
}

function isWhiteSpace(character: string): boolean {
  return /^\p{White_Space}$/u.test(character);
}

/** The CJK blocks of Google's BERT code, which covers ideographs but neither Hangul nor kana. */
const chineseBlocks = [
  [0x4e00, 0x9fff],
  [0x3400, 0x4dbf],
  [0x20000, 0x2a6df],
  [0x2a700, 0x2b73f],
  [0x2b740, 0x2b81f],
  [0x2b920, 0x2ceaf],
  [0xf900, 0xfaff],
  [0x2f800, 0x2fa1f],
] as const;

function isChinese(codePoint: number): boolean {
  return chineseBlocks.some(([first, last]) => codePoint >= first && codePoint <= last);
}

/** A set of code points as sorted, disjoint ranges. */
class CodePointRanges {
  readonly #ranges: readonly (readonly [number, number])[];

  constructor(text: string) {
    this.#ranges = text.split(',').map((range) => {
      const [first = '', last = first] = range.split('-');
      return [parseInt(first, 36), parseInt(last, 36)];
    });
  }

  has(codePoint: number): boolean {
    return this.#ranges.some(([first, last]) => first <= codePoint && codePoint <= last);
  }
}

const classes = {
  removed: new CodePointRanges(removed),
  marks: new CodePointRanges(nonspacingMarks),
  punctuation: new CodePointRanges(punctuation),
};
