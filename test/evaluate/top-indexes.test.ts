import test from 'ava';
import { topIndexes } from '../../src/evaluate/top-indexes.js';

function top(values: readonly number[], count: number): number[] | null {
  const indexes = topIndexes(Float32Array.from(values), count);
  return indexes === null ? null : Array.from(indexes);
}

/** The rule in its own words: a full sort, the higher index first among equals. */
function sorted(values: readonly number[], count: number): number[] {
  const byRule = (a: number, b: number) => values[b] - values[a] || b - a;
  return [...values.keys()].sort(byRule).slice(0, count);
}

test('the largest come first', (t) => {
  t.deepEqual(top([3, -1, 7, 5], 2), [2, 3]);
  t.deepEqual(top([3, -1, 7, 5], 4), [2, 3, 0, 1]);
});

test('of equal values the higher index comes first, and stays', (t) => {
  t.deepEqual(top([1, 1, 1, 1], 2), [3, 2]);
  t.deepEqual(top([2, 0, 2, 0, 2], 4), [4, 2, 0, 3]);
  t.deepEqual(top([0, -0, 0], 3), [2, 1, 0]);
});

test('every row with many equal values is as a full sort has it', (t) => {
  let state = 1;
  const random = (below: number) => {
    state = (state * 48271) % 2147483647;
    return state % below;
  };
  for (let round = 0; round < 500; round++) {
    const [length, different] = [random(round % 2 === 0 ? 50 : 400), round % 3 === 0 ? 1000 : 8];
    const values = Array.from({ length }, () => random(different) - 4);
    const count = 1 + random(25);
    t.deepEqual(top(values, count), sorted(values, count));
  }
});

test('fewer values than asked for are all there', (t) => {
  t.deepEqual(top([1, 2], 20), [1, 0]);
  t.deepEqual(top([], 20), []);
});

test('-infinity is a value like others', (t) => {
  t.deepEqual(top([-Infinity, 0, -Infinity], 3), [1, 2, 0]);
  t.deepEqual(top([-Infinity, -Infinity, -Infinity], 2), [2, 1]);
});

test('a NaN with a sign, as processors make it of infinities, is no number either', (t) => {
  const values = Float32Array.of(3, 2, 1, 0);
  for (const bits of [0xffc00000, 0xff800001, 0xffffffff, 0x7fc00000]) {
    new Uint32Array(values.buffer)[2] = bits;
    for (const count of [1, 4]) t.is(topIndexes(values, count), null);
  }
});

test('a value that is no number or +infinity is found wherever it is', (t) => {
  for (const wrong of [NaN, Infinity]) {
    for (const length of [6, 60]) {
      for (let place = 0; place < length; place++) {
        const values = Array.from({ length }, (_, index) => length - index);
        values[place] = wrong;
        t.is(top(values, 2), null);
      }
    }
  }
});
