/** What an ASCII character is once in lower case: 0 for control characters, which only the long way knows. */
const letter = 1;
const space = 2;
const punctuation = 3;
const kinds = Uint8Array.from({ length: 128 }, (_, unit) => {
  const character = String.fromCharCode(unit);
  if (/[0-9a-z]/.test(character)) return letter;
  // As `str.isspace()`: \t to \r, and the four separators before the blank.
  if ((unit >= 0x09 && unit <= 0x0d) || (unit >= 0x1c && unit <= 0x20)) return space;
  return /[!-/:-@[-`{-~]/.test(character) ? punctuation : 0;
});

const articles: ReadonlySet<string> = new Set(['a', 'an', 'the']);

/**
 * The words of a normalised text that is plain ASCII once in lower case, in one pass: nearly all of SQuAD's answers are,
 * and the patterns for all of Unicode are an order slower. Without punctuation such a text is words and white space, so
 * that an article is a word by itself.
 *
 * @returns null where another character occurs
 */
export function asciiAnswerWords(text: string): string[] | null {
  const lowered = text.toLowerCase();
  const words: string[] = [];
  let word = '';
  let start = 0;
  for (let at = 0; at <= lowered.length; at++) {
    const kind = at < lowered.length ? kinds[lowered.charCodeAt(at)] : space;
    if (kind === letter) continue;
    if (kind !== space && kind !== punctuation) return null;
    word += lowered.slice(start, at);
    start = at + 1;
    if (kind === punctuation) continue;
    if (word !== '' && !articles.has(word)) words.push(word);
    word = '';
  }
  return words;
}
