/** The word of `words` that a slip of the fingers or two leads to; undefined where none is that near. */
export function nearest(typed: string, words: readonly string[]): string | undefined {
  const near = words.map((word) => ({ word, edits: editsBetween(typed, word) }));
  const [best] = near.sort((a, b) => a.edits - b.edits);
  return best !== undefined && best.edits <= mostEdits && best.edits < typed.length ? best.word : undefined;
}

/** Two letters that changed their places are two. */
const mostEdits = 2;

/** How many letters have to be put in, taken out or replaced to make one word of the other (Levenshtein's distance). */
function editsBetween(from: string, to: string): number {
  let above = Array.from({ length: to.length + 1 }, (_, column) => column);
  for (const [row, letter] of [...from].entries()) {
    const edits = [row + 1];
    for (let column = 1; column <= to.length; column += 1) {
      const replaced = above[column - 1] + (letter === to[column - 1] ? 0 : 1);
      edits.push(Math.min(replaced, above[column] + 1, edits[column - 1] + 1));
    }
    above = edits;
  }
  return above[to.length];
}
