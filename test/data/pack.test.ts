import test from 'ava';
import { pack, packAndFill } from '../../src/data/pack.js';

const rows = [
  { inputIds: Int32Array.of(2, 7, 3, 8, 9, 3), contextStart: 3 },
  { inputIds: Int32Array.of(2, 3, 8, 3), contextStart: 2 },
];

test('rows lie one after the other, with types, positions and their places among padded rows', (t) => {
  t.deepEqual(pack(rows), {
    lengths: [6, 4],
    inputIds: Int32Array.of(2, 7, 3, 8, 9, 3, 2, 3, 8, 3),
    tokenTypeIds: Int32Array.of(0, 0, 0, 1, 1, 1, 0, 0, 1, 1),
    positionIds: Int32Array.of(0, 1, 2, 3, 4, 5, 0, 1, 2, 3),
    places: Int32Array.of(0, 1, 2, 3, 4, 5, 6, 7, 8, 9),
    tokenAt: Int32Array.of(0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 10),
    boundaries: Int32Array.of(0, 6, 10),
    longest: 6,
  });
  t.deepEqual(pack(rows, 8).places, Int32Array.of(0, 1, 2, 3, 4, 5, 8, 9, 10, 11));
  t.deepEqual(pack([]).boundaries, Int32Array.of(0));
});

test('a row of padding fills a batch up to a multiple, one token at least', (t) => {
  const filled = packAndFill(rows, 8, 8);
  t.deepEqual(filled.lengths, [6, 4, 6]);
  t.deepEqual(filled.boundaries, Int32Array.of(0, 6, 10, 16));
  t.deepEqual(filled.inputIds.subarray(10), new Int32Array(6));
  t.deepEqual(filled.places.subarray(10), Int32Array.of(16, 17, 18, 19, 20, 21));
  t.deepEqual(packAndFill(rows, 5, 8).lengths, [6, 4, 5]);
});

test('no row is said to be longer than all tokens, which attention on a GPU refuses', (t) => {
  t.is(packAndFill(rows, 8, 384).longest, 16);
  t.is(packAndFill(rows, 8, 12).longest, 12);
});
