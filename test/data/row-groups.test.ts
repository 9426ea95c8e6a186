import test from 'ava';
import { groupByRow } from '../../src/data/row-groups.js';

test('tokens of one row lie side by side, in the order in which rows appear', (t) => {
  t.deepEqual(groupByRow(Int32Array.of(7, 3, 7, 0, 3, 7), 6), {
    order: Int32Array.of(0, 2, 5, 1, 4, 3),
    starts: Int32Array.of(0, 3, 5, 6, 6, 6, 6),
    rows: Int32Array.of(8, 4, 1, 0, 0, 0),
  });
});

test('tokens that only fill a batch up are in no group', (t) => {
  t.deepEqual(groupByRow(Int32Array.of(5, 0, 5, 0, 0), 3), {
    order: Int32Array.of(0, 2, 1, 3, 4),
    starts: Int32Array.of(0, 2, 3, 3, 3, 3),
    rows: Int32Array.of(6, 1, 0, 0, 0),
  });
});
