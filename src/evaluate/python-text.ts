/**
 * What Python's `str` and `re` mean by white space, words and punctuation. JavaScript's `\s`, `\b` and `split` mean
 * something else outside ASCII, and a score is comparable only if it means the same.
 *
 * Which characters are letters follows the runtime's Unicode version, here as in Python (3.11 knows 14.0, Node 20.20
 * knows 17.0). Of what 14.0 knew, later versions changed a capital sigma's end-of-word form next to U+0295 and U+1171E
 * alone; a character that the older version does not know is no letter there.
 */

/** `str.isspace()`: with U+001C to U+001F and U+0085, which `\s` lacks, and without U+FEFF, which it has. */
const space = '\\t-\\r\\x1c-\\x20\\x85\\xa0\\u1680\\u2000-\\u200a\\u2028\\u2029\\u202f\\u205f\\u3000';

/** `\w` of a `str` pattern: letters and anything numeric; unlike ECMAScript's and Perl's, no combining marks. */
const word = '[\\p{L}\\p{N}_]';

const spaces = new RegExp(`[${space}]+`, 'u');
const articles = new RegExp(`(?<!${word})(?:an?|the)(?!${word})`, 'gu');
/** `string.punctuation`, which is ASCII's. */
const punctuation = /[!-/:-@[-`{-~]/g;

/** `text.split()`. */
export function splitWords(text: string): string[] {
  return text.split(spaces).filter((piece) => piece !== '');
}

/** `re.sub(r"\b(a|an|the)\b", " ", text)`. */
export function blankArticles(text: string): string {
  return text.replace(articles, ' ');
}

/** `"".join(c for c in text if c not in string.punctuation)`. */
export function removePunctuation(text: string): string {
  return text.replace(punctuation, '');
}

/** `text.lower()`, which is JavaScript's: full mappings (`İ` becomes two characters) and the final sigma. */
export function lower(text: string): string {
  return text.toLowerCase();
}
