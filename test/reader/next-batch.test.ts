import test from 'ava';
import { enqueue, nextBatch, type Queued } from '../../src/reader/next-batch.js';

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

const windowsOf = (name: string, count: number) =>
  Array.from({ length: count }, (_, index) => ({ name, index, length: 9 }));

/** Names in the order of computing, in batches of four, where `arrives` gives the windows that come before each batch. */
function computed(batches: number, arrives: (batch: number) => ReturnType<typeof windowsOf>[]): string[] {
  const order: string[] = [];
  let waiting: Queued<ReturnType<typeof windowsOf>[number]>[] = [];
  for (let now = 0; now < batches && (now === 0 || waiting.length > 0); now += 1) {
    for (const windows of arrives(now)) waiting = enqueue(waiting, windows, now);
    const { batch, rest } = nextBatch(waiting, 4);
    order.push(...batch.map(({ name }) => name));
    waiting = rest;
  }
  return order;
}

test('a short text gets past a long one, though that one waits already', (t) => {
  const order = computed(60, (now) => [now === 0 ? windowsOf('long', 100) : windowsOf(`short ${now}`, 2)]);
  t.true(order.slice(4, 8).includes('short 1'));
  // Of 240 places the short texts want 118, and what is left does for the long one.
  t.is(order.filter((name) => name === 'long').length, 100);
});

test('a long text has its turn, though short ones come that would take all the time', (t) => {
  const order = computed(200, (now) => [
    ...(now === 0 ? [windowsOf('long', 100)] : []),
    windowsOf('short', 4),
  ]);
  // Due before batch 100, as are the four windows that come before batch 96, but these came later.
  t.is(order.indexOf('long'), 4 * 96);
  t.is(order.filter((name) => name === 'long').length, 100);
});

test('of many long texts one is answered after the other', (t) => {
  const names = ['a', 'b', 'c', 'd'];
  const order = computed(40, (now) => (now === 0 ? names.map((name) => windowsOf(name, 40)) : []));
  t.deepEqual(
    order,
    names.flatMap((name) => Array.from({ length: 40 }, () => name)),
  );
});
