import test from 'ava';
import { BestSpans } from '../../src/evaluate/best-spans.js';

/** Fills a list of three with spans of these scores, each known by its start. */
function filled(...scores: readonly number[]): BestSpans {
  const best = new BestSpans(3);
  scores.forEach((score, start) => {
    if (best.accepts(score)) best.add(start, start + 1, score, 0.5, score);
  });
  return best;
}

test('the best are kept, of equal scores those that came first', (t) => {
  t.deepEqual(
    filled(1, 3, 2, 2, 3)
      .toArray()
      .map(({ start }) => start),
    [1, 4, 2],
  );
});

test('spans are copies, which outlive the list', (t) => {
  const best = filled(1, 2);
  const spans = best.toArray();
  t.deepEqual(spans, [best.at(0), best.at(1)]);
  best.clear();
  t.deepEqual(best.toArray(), []);
  best.add(7, 8, 9, 9, 18);
  t.deepEqual(spans[0], { start: 1, end: 2, startLogit: 2, endLogit: 0.5, score: 2 });
});

test('of spans that are to differ each is kept once, with its best score', (t) => {
  const best = new BestSpans(2, true);
  for (const [start, score] of [
    [5, 1],
    [6, 3],
    [5, 4],
    [6, 2],
    [7, 3],
  ] as const)
    if (best.accepts(score)) best.add(start, start + 1, score, 0, score);
  t.deepEqual(
    best.toArray().map(({ start, score }) => [start, score]),
    [
      [5, 4],
      [6, 3],
    ],
  );
});
