import test from 'ava';
import { BestSpans, unpackSpans } from '../../src/evaluate/best-spans.js';

/** Fills a list of three with spans of these scores, each known by its start. */
function filled(...scores: readonly number[]): BestSpans {
  const best = new BestSpans(3);
  scores.forEach((score, start) => {
    if (best.accepts(score)) best.add(start, start + 1, score, 0.5, score);
  });
  return best;
}

test('the best are kept, of equal scores those that came first', (t) => {
  const spans = unpackSpans(filled(1, 3, 2, 2, 3).pack());
  t.deepEqual(
    spans.map(({ start }) => start),
    [1, 4, 2],
  );
});

test('packed spans are those that were packed, whatever comes after', (t) => {
  const best = filled(1, 2);
  const spans = [best.at(0), best.at(1)];
  const packed = best.pack();
  best.clear();
  best.add(7, 8, 9, 9, 18);
  t.deepEqual(unpackSpans(packed), spans);
  t.deepEqual(unpackSpans(filled().pack()), []);
});
