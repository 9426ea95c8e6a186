import test from 'ava';
import { collate } from '../../src/data/batches.js';
import type { Feature } from '../../src/data/examples.js';

const feature = (ids: readonly number[], contextStart: number, start: number, end: number): Feature => ({
  exampleIndex: 0,
  inputIds: Int32Array.from(ids),
  contextStart,
  offsets: new Int32Array(0),
  startPosition: start,
  endPosition: end,
});

test('rows are padded on the right, with mask, types and labels', (t) => {
  const batch = collate([feature([2, 7, 3, 8, 9, 3], 3, 3, 4), feature([2, 3, 8, 3], 2, 0, 0)], 7, 5);
  t.deepEqual(batch, {
    size: 2,
    length: 7,
    inputIds: Int32Array.of(2, 7, 3, 8, 9, 3, 5, 2, 3, 8, 3, 5, 5, 5),
    attentionMask: Int32Array.of(1, 1, 1, 1, 1, 1, 0, 1, 1, 1, 1, 0, 0, 0),
    tokenTypeIds: Int32Array.of(0, 0, 0, 1, 1, 1, 0, 0, 0, 1, 1, 0, 0, 0),
    startPositions: Int32Array.of(3, 0),
    endPositions: Int32Array.of(4, 0),
  });
});

test('a row that fills the length, and no rows', (t) => {
  t.deepEqual(collate([feature([2, 3, 8, 3], 2, 2, 2)], 4).attentionMask, Int32Array.of(1, 1, 1, 1));
  t.is(collate([], 4).size, 0);
  t.is(collate([], 4).inputIds.length, 0);
});

test('a window that is longer than the rows is refused', (t) => {
  t.throws(() => collate([feature([2, 3, 8, 3], 2, 2, 2), feature([2, 3, 3], 2, 0, 0)], 3), {
    message: /length 3.*4/,
  });
});
