import test from 'ava';
import { nextBatch } from '../../src/reader/next-batch.js';

const windows = (...lengths: number[]) => lengths.map((length, id) => ({ id, length }));
const ids = (list: readonly { id: number }[]) => list.map(({ id }) => id);

test('the oldest window is in the batch, with those nearest to it in length; the rest keeps its order', (t) => {
  const { batch, rest } = nextBatch(windows(10, 384, 12, 300, 9, 11), 3);
  t.deepEqual(new Set(ids(batch)), new Set([0, 4, 5]));
  t.deepEqual(ids(rest), [1, 2, 3]);
});

test('of equal lengths those that came first go first', (t) => {
  t.deepEqual(ids(nextBatch(windows(5, 5, 5, 5), 2).batch), [0, 1]);
});

test('every window has its turn, however many others of another length there are', (t) => {
  let waiting = windows(384, ...Array.from({ length: 500 }, () => 20));
  const order: number[] = [];
  while (waiting.length > 0) {
    const { batch, rest } = nextBatch(waiting, 7);
    order.push(...ids(batch));
    waiting = rest;
  }
  t.is(order[0], 0);
  t.deepEqual(
    order.toSorted((a, b) => a - b),
    Array.from({ length: 501 }, (_, id) => id),
  );
});
