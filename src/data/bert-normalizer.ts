import { isReordered, orderMarks, type Decomposed } from './canonical-order.js';
import { CodePointRanges } from './code-points.js';
import { mapped, nonspacingMarks, punctuation, removed } from './unicode-ranges.js';

/** The options of BERT's normalizer, by the names of tokenizer.json. */
export interface NormalizerOptions {
  readonly cleanText: boolean;
  readonly handleChineseChars: boolean;
  readonly stripAccents: boolean;
  readonly lowercase: boolean;
}

/** A text's characters (code points), each with `[start, end)` of the one it comes from, in UTF-16 units. */
export interface Normalized {
  readonly characters: string[];
  readonly starts: number[];
  readonly ends: number[];
}

/** What the reference takes for what, whatever version of Unicode the engine knows. */
const classes = {
  removed: new CodePointRanges(removed),
  marks: new CodePointRanges(nonspacingMarks),
  punctuation: new CodePointRanges(punctuation),
  mapped: new CodePointRanges(mapped),
};

/**
 * The normalizer of Python's fast BERT tokenizer (`tokenizers.normalizers.BertNormalizer`) with alignments: control
 * characters go, white space becomes `' '`, ideographs get spaces around them, accents go, letters become small.
 */
export class BertNormalizer {
  /** What became of each code point met so far. */
  readonly #known = new Map<number, readonly string[]>();

  constructor(private readonly options: NormalizerOptions) {}

  normalize(text: string): Normalized {
    const result: Normalized = { characters: [], starts: [], ends: [] };
    let start = 0;
    for (const character of text) {
      const end = start + character.length;
      for (const part of this.#map(character.codePointAt(0) ?? 0)) push(result, part, start, end);
      start = end;
    }
    const inOrder = !this.options.stripAccents || !result.characters.some(isReordered);
    return inOrder ? result : this.#normalizeInOrder(text);
  }

  /**
   * The same where decomposition reorders a mark that is not stripped. The reference then aligns by position: each
   * character that is the first of its source takes the next source's place in the text, whichever comes first now.
   */
  #normalizeInOrder(text: string): Normalized {
    const decomposed: Decomposed[] = [];
    const sources: (readonly [number, number])[] = [];
    let start = 0;
    for (const character of text) {
      const end = start + character.length;
      const parts = this.#spread(character.codePointAt(0) ?? 0, (c) => decompose(c));
      parts.forEach((part, index) => decomposed.push({ character: part, isFirst: index === 0 }));
      if (parts.length > 0) sources.push([start, end]);
      start = end;
    }
    orderMarks(decomposed);
    const result: Normalized = { characters: [], starts: [], ends: [] };
    let source = -1;
    for (const { character, isFirst } of decomposed) {
      if (isFirst) source += 1;
      const [from, to] = sources[Math.max(source, 0)] ?? [0, 0];
      for (const part of this.#strip([character])) push(result, part, from, to);
    }
    return result;
  }

  /** The characters that the code point becomes; `' '` is white space, none where it is removed. */
  #map(codePoint: number): readonly string[] {
    let result = this.#known.get(codePoint);
    if (result === undefined) {
      const { stripAccents } = this.options;
      result = this.#spread(codePoint, (c) => this.#strip(stripAccents ? decompose(c) : [c]));
      this.#known.set(codePoint, result);
    }
    return result;
  }

  /** Cleans a code point, or maps it, with spaces around an ideograph. */
  #spread(codePoint: number, map: (character: string) => string[]): string[] {
    if (this.options.cleanText && classes.removed.has(codePoint)) return [];
    const character = String.fromCodePoint(codePoint);
    if (isWhiteSpace(character)) return [' '];
    const characters = map(character);
    return this.options.handleChineseChars && isChinese(codePoint) ? [' ', ...characters, ' '] : characters;
  }

  /** Strips accents and lowers, letter by letter, so that a sigma at a word's end gets no form of its own. */
  #strip(characters: string[]): string[] {
    const { stripAccents, lowercase } = this.options;
    const kept = stripAccents ? characters.filter((part) => !has('marks', part)) : characters;
    return lowercase
      ? kept.flatMap((part) => (has('mapped', part) ? [...part.toLowerCase()] : [part]))
      : kept;
  }
}

function push({ characters, starts, ends }: Normalized, character: string, start: number, end: number): void {
  characters.push(character);
  starts.push(start);
  ends.push(end);
}

function has(name: keyof typeof classes, character: string): boolean {
  return classes[name].has(character.codePointAt(0) ?? 0);
}

function decompose(character: string): string[] {
  return has('mapped', character) ? [...character.normalize('NFD')] : [character];
}

const punctuationMarks = new Map<string, boolean>();

/** Whether the character is a word of its own. */
export function isPunctuation(character: string): boolean {
  let known = punctuationMarks.get(character);
  if (known === undefined) {
    known = has('punctuation', character);
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
