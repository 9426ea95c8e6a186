import test from 'ava';
import { blankArticles, lower, removePunctuation, splitWords } from '../../src/evaluate/python-text.js';
import { charactersOf, fixture } from './metrics-fixture.js';

// Every code point that the fixture's Python knows is put through each function.

const { characters, recorded } = fixture;
const assigned = charactersOf(characters.assigned);
const names = (list: readonly string[]) =>
  list.map((character) => `U+${(character.codePointAt(0) ?? 0).toString(16)}`);

test('the fixture covers Unicode as Python knows it', (t) => {
  t.log(
    `Python ${recorded.python} (Unicode ${recorded.unicode}), here Unicode ${process.versions['unicode'] ?? '?'}`,
  );
  t.true(assigned.length > 280_000);
});

test('words are split at the characters that str.split splits at', (t) => {
  const expected = new Set(charactersOf(characters.space));
  t.is(expected.size, 29);
  t.deepEqual(names(assigned.filter((c) => (splitWords(`x${c}x`).length === 2) !== expected.has(c))), []);
});

test('splitting leaves no empty words', (t) => {
  t.deepEqual(splitWords(' \x1f a \u3000\x85 b\n'), ['a', 'b']);
  t.deepEqual(splitWords(' '), []);
  t.deepEqual(splitWords(''), []);
});

test("an article ends at the characters that end a word by Python's \\b", (t) => {
  const letters = new Set(charactersOf(characters.word));
  for (const [name, place] of [
    ['after', (c: string) => `the${c}`],
    ['before', (c: string) => `${c}the`],
  ] as const) {
    const differing = assigned.filter((c) => (blankArticles(place(c)) === place(c)) !== letters.has(c));
    t.deepEqual(names(differing), [], name);
  }
});

test('every article is blanked, also beside another one', (t) => {
  t.is(blankArticles('a an the'), '     ');
  t.is(blankArticles('an.a-the'), ' . - ');
  t.is(blankArticles('ana The then'), 'ana The then');
});

test('lower case is as long as in Python', (t) => {
  t.true(Object.keys(characters.lower).length > 1_400);
  t.deepEqual(names(assigned.filter((c) => lower(c) !== (characters.lower[c] ?? c))), []);
});

test('only the punctuation of ASCII goes', (t) => {
  t.is(removePunctuation('!"#$%&\'()*+,-./:;<=>?@[\\]^_`{|}~'), '');
  t.is(removePunctuation('A1z ¿“–”。…'), 'A1z ¿“–”。…');
});
