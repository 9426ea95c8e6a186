import test from 'ava';
import { enqueue, nextBatch } from '../../src/reader/next-batch.js';

const windows = (...lengths: number[]) => lengths.map((length, id) => ({ id, length }));
const ids = (list: readonly { id: number }[]) => list.map(({ id }) => id);

test('the first window is in the batch, with those nearest to it in length; the rest keeps its order', (t) => {
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

test('a short text gets past a long one, and nothing that comes later past what is due', (t) => {
  const windows = (name: string, batches: number, count: number) =>
    Array.from({ length: count }, (_, index) => ({ name, index, length: 9, due: batches + index }));
  const long = windows('long', 0, 100);
  // A batch of 4 was computed, and a short text comes every batch from then on.
  let { rest: waiting } = nextBatch(enqueue([], long), 4);
  const order: string[] = [];
  for (let batches = 1; batches <= 60; batches++) {
    const { batch, rest } = nextBatch(enqueue(waiting, windows(`short ${batches}`, batches, 2)), 4);
    order.push(...batch.map(({ name }) => name));
    waiting = rest;
  }
  t.true(order.slice(0, 4).includes('short 1'));
  // Of 240 places the short texts want 120, and what is left does for the long one.
  t.is(order.filter((name) => name === 'long').length, 96);
});
