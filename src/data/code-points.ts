/** A set of code points, written as `first-last` ranges in base 36, ascending and joined by commas. */
export class CodePointRanges {
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

/**
 * A function from an offset in code points, as Python counts, to one in UTF-16 units: the same number where the text
 * has no surrogate pairs.
 */
export function codePointsToUnits(text: string): (codePoints: number) => number {
  if (!/[\ud800-\udbff]/.test(text)) return (codePoints) => codePoints;
  const units: number[] = [];
  let unit = 0;
  for (const character of text) {
    units.push(unit);
    unit += character.length;
  }
  // Past the end every code point counts as one unit, so that a misplaced answer stays misplaced.
  return (codePoints) => units[codePoints] ?? unit + (codePoints - units.length);
}

/**
 * Where `text` ends, in UTF-16 units, if it is laid over `context` from `start` on: as Python adds its length in code
 * points, whether or not it is the context's text.
 */
export function skipCodePoints(context: string, start: number, text: string): number {
  if (context.startsWith(text, start)) return start + text.length;
  let end = start;
  for (let left = [...text].length; left > 0; left--) end += (context.codePointAt(end) ?? 0) > 0xffff ? 2 : 1;
  return end;
}
