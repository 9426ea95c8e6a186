import test from 'ava';
import { CodePointRanges, codePointsToUnits, skipCodePoints } from '../../src/data/code-points.js';

test('offsets in code points become offsets in UTF-16 units, and go on past the end', (t) => {
  const toUnits = codePointsToUnits('a😀b😀');
  t.deepEqual([0, 1, 2, 3, 4, 5].map(toUnits), [0, 1, 3, 4, 6, 7]);
  t.deepEqual([0, 3, 9].map(codePointsToUnits('aéb')), [0, 3, 9]);
});

test('a text of other characters than the context covers as many of them', (t) => {
  t.is(skipCodePoints('a😀b😀c', 1, '😀b'), 4);
  t.is(skipCodePoints('a😀b😀c', 1, 'xy'), 4);
  t.is(skipCodePoints('abcd', 1, '😀😀'), 3);
  t.is(skipCodePoints('abcd', 3, 'xyz'), 6);
});

test('ranges of code points hold their ends', (t) => {
  const ranges = new CodePointRanges('0-8,b,2s-2t');
  const members = Array.from({ length: 120 }, (_, i) => i).filter((c) => ranges.has(c));
  t.deepEqual(members, [0, 1, 2, 3, 4, 5, 6, 7, 8, 11, 100, 101]);
});
