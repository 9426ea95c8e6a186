import test from 'ava';
import { orderMarks, type Decomposed } from '../../src/data/canonical-order.js';

const decomposed = (text: string): Decomposed[] =>
  [...text].map((character, index) => ({ character, isFirst: index % 3 === 0 }));
const textOf = (characters: readonly Decomposed[]) => characters.map(({ character }) => character).join('');

/** Numbers that look random and are the same each time. */
function* pseudoRandom(seed: number): Generator<number, never> {
  for (let state = seed; ;) {
    state = (state * 1103515245 + 12345) % 2 ** 31;
    yield state / 2 ** 31;
  }
}

test('marks come into the order of the canonical decomposition, equals in theirs', (t) => {
  // Of classes 1, 7, 9, 10, 103, 202, 216, 220, 224, 230, 232, 240, of class 0, letters, and an ideograph.
  const alphabet = [
    ...'\u0334\u093c\u094d\u05b0\u0e38\u0327\u{1d165}\u0323\u302e\u0301\u0308\u0315\u0345',
    ...'\u0903\u0b3ea東',
  ];
  const random = pseudoRandom(3);
  for (let count = 0; count < 300; count++) {
    const text = Array.from(
      { length: 40 },
      () => alphabet[Math.floor(random.next().value * alphabet.length)],
    ).join('');
    const ordered = decomposed(text);
    orderMarks(ordered);
    t.is(textOf(ordered), text.normalize('NFD'));
    for (const mark of alphabet) {
      const firsts = (characters: readonly Decomposed[]) =>
        characters.filter(({ character }) => character === mark).map(({ isFirst }) => isFirst);
      t.deepEqual(firsts(ordered), firsts(decomposed(text)));
    }
  }
});

test('a run of marks as long as the longest text is put in order', (t) => {
  const count = 2 ** 17;
  const ordered = decomposed(`\u302e${'\u0301'.repeat(count)}${'\u0323'.repeat(count)}`);
  orderMarks(ordered);
  t.is(textOf(ordered), `${'\u0323'.repeat(count)}\u302e${'\u0301'.repeat(count)}`);
});
