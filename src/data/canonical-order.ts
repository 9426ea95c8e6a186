import { CodePointRanges } from './code-points.js';
import { nonspacingMarks, reorderedMarks } from './unicode-ranges.js';

/** One character of a decomposed text. */
export interface Decomposed {
  readonly character: string;
  /** Whether it is the first that its character of the original text became. */
  readonly isFirst: boolean;
}

const kept = new CodePointRanges(reorderedMarks);
const stripped = new CodePointRanges(nonspacingMarks);

/** Whether decomposition can move this character among its neighbours, and stripping leaves it: very few are so. */
export function isReordered(character: string): boolean {
  return character > '\u05ff' && kept.has(character.codePointAt(0) ?? 0);
}

/**
 * Puts runs of combining marks in Unicode's canonical order (UAX 15), in place. The order of two neighbours is asked
 * of the engine: they change places exactly where the second has the lower class.
 */
export function orderMarks(text: Decomposed[]): void {
  for (let end = 1; end < text.length; end++) {
    for (let at = end; at > 0; at--) {
      const [first, second] = [text[at - 1], text[at]];
      if (first === undefined || second === undefined || !changePlaces(first.character, second.character))
        break;
      text[at - 1] = second;
      text[at] = first;
    }
  }
}

function changePlaces(first: string, second: string): boolean {
  return (
    isMark(first) &&
    isMark(second) &&
    first !== second &&
    (first + second).normalize('NFD') === second + first
  );
}

/** Marks that the reference knows; the engine's Unicode may be newer and have more. */
function isMark(character: string): boolean {
  const codePoint = character.codePointAt(0) ?? 0;
  return stripped.has(codePoint) || kept.has(codePoint);
}
