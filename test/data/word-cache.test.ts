import test from 'ava';
import { WordCache } from '../../src/data/word-cache.js';

test('a word is split once, as long as there is room for it', (t) => {
  const cache = new WordCache(3);
  const split: string[] = [];
  const piecesOf = (word: string) =>
    cache.get(word, (unknown) => {
      split.push(unknown);
      return [unknown.length, unknown.length];
    });
  for (const word of ['one', 'extraordinarily', 'one', 'extraordinarily']) {
    t.deepEqual(piecesOf(word), [word.length, word.length]);
  }
  t.deepEqual(split, ['one', 'extraordinarily']);
  for (let count = 0; count < 100; count++) {
    piecesOf(`word${count}`);
    t.true(cache.size <= 3);
  }
});

test('words that nobody writes twice are not remembered', (t) => {
  const cache = new WordCache();
  t.deepEqual(
    cache.get('x'.repeat(65), () => [1, 65]),
    [1, 65],
  );
  t.is(cache.size, 0);
});
