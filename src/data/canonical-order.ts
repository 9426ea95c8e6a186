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

/** Puts runs of combining marks in Unicode's canonical order (UAX 15), in place; equals stay in theirs. */
export function orderMarks(text: Decomposed[]): void {
  const movable = movableAmong(text);
  for (let start = 0; start < text.length; start++) {
    let end = start;
    while (end < text.length && movable.has(text[end].character)) end++;
    if (end - start < 2) continue;
    sorted(text.slice(start, end)).forEach((mark, index) => (text[start + index] = mark));
    start = end;
  }
}

/** Marks of the lowest class that changes places, and of the highest. */
const lowest = '\u0334';
const highest = '\u0345';

/** Those of a text's characters that change places with others: marks whose combining class is not 0. */
function movableAmong(text: readonly Decomposed[]): Set<string> {
  const characters = new Set(text.map(({ character }) => character));
  return new Set(
    [...characters].filter(
      (character) =>
        isMark(character) &&
        (character === lowest ||
          character === highest ||
          changePlaces(character, lowest) ||
          changePlaces(highest, character)),
    ),
  );
}

/** A run may be as long as the text, but has few different marks: these are compared, the run is sorted by their ranks. */
function sorted(run: readonly Decomposed[]): Decomposed[] {
  const marks = [...new Set(run.map(({ character }) => character))].sort(byClass);
  const ranks = new Map<string, number>();
  marks.forEach((mark, index) => {
    const before = marks[index - 1];
    const isEqual = before !== undefined && byClass(before, mark) === 0;
    ranks.set(mark, isEqual ? (ranks.get(before) ?? index) : index);
  });
  const rankOf = ({ character }: Decomposed) => ranks.get(character) ?? 0;
  return run.toSorted((a, b) => rankOf(a) - rankOf(b));
}

function byClass(first: string, second: string): number {
  if (changePlaces(first, second)) return 1;
  return changePlaces(second, first) ? -1 : 0;
}

/** The order of two neighbours is asked of the engine: they change places exactly where the second has the lower class. */
function changePlaces(first: string, second: string): boolean {
  return first !== second && (first + second).normalize('NFD') === second + first;
}

/** Marks that the reference knows; the engine's Unicode may be newer and have more. */
function isMark(character: string): boolean {
  const codePoint = character.codePointAt(0) ?? 0;
  return stripped.has(codePoint) || kept.has(codePoint);
}
