import test from 'ava';
import { WordPieces } from '../../src/data/word-piece.js';
import { reservedTokens } from '../../src/data/tokenizer.js';

const vocabulary = [...reservedTokens, 'un', 'unaff', '##aff', '##able', '##a', '𝒜𝒷', '##𝒷', '##'];
const pieces = new WordPieces(new Map(vocabulary.map((token, id) => [token, id])));
const id = (token: string) => vocabulary.indexOf(token);

for (const [word, expected] of [
  ['unaffable', ['unaff', 5, '##able', 4]],
  // Greedy: the longest first piece is taken, whatever comes of the rest.
  ['unaffaff', ['unaff', 5, '##aff', 3]],
  ['una', ['un', 2, '##a', 1]],
  ['unx', ['[UNK]', 3]],
  // A continuation begins no word, a first piece continues none.
  ['able', ['[UNK]', 4]],
  ['unun', ['[UNK]', 4]],
  ['𝒜𝒷𝒷', ['𝒜𝒷', 2, '##𝒷', 1]],
  ['𝒜', ['[UNK]', 1]],
  ['un𝒜\ud835', ['[UNK]', 4]],
  // Of up to 100 characters, of however many units.
  [`un${'a'.repeat(98)}`, ['un', 2, ...Array.from({ length: 98 }, () => ['##a', 1]).flat()]],
  [`un${'a'.repeat(99)}`, ['[UNK]', 101]],
  [`𝒜𝒷${'𝒷'.repeat(98)}`, ['𝒜𝒷', 2, ...Array.from({ length: 98 }, () => ['##𝒷', 1]).flat()]],
] as const) {
  test(`${word.slice(0, 12)} of ${[...word].length} characters falls into its pieces`, (t) => {
    t.deepEqual(
      pieces.of(word),
      expected.map((part) => (typeof part === 'string' ? id(part) : part)),
    );
  });
}
