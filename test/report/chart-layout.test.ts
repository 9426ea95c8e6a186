import test from 'ava';
import { chartSizes, placeLegend, standUpright } from '../../src/report/chart-layout.js';

test("a legend's names stand in as many rows as they need, in their order", (t) => {
  t.deepEqual(placeLegend(['a', 'b'], 'narrow'), { rows: [{ names: ['a', 'b'], top: 0 }], bottom: 22 });
  const names = ['bert-mini', 'lstm', 'transformer', 'bert-mini-smoothed', 'bert-mini-large-batch'];
  const { rows, bottom } = placeLegend(names, 'narrow');
  t.true(rows.length > 1);
  t.deepEqual(
    rows.flatMap((row) => row.names),
    names,
  );
  t.deepEqual(
    rows.map(({ top }) => top),
    rows.map((_, index) => 22 * index),
  );
  t.is(bottom, 22 * rows.length);
  t.is(placeLegend(names.slice(0, 4), 'wide').rows.length, 1);
});

test('a name that is longer than its row is broken, and those below it make room', (t) => {
  const { rows, bottom } = placeLegend(['a', 'n'.repeat(100), 'b'], 'narrow');
  t.deepEqual(
    rows.map(({ names: [name], broken }) => [name.length, broken !== undefined]),
    [
      [1, false],
      [100, true],
      [1, false],
    ],
  );
  t.true((rows[1].broken ?? Infinity) < chartSizes.narrow.width);
  t.is(rows[2].top, rows[1].top + 22 * 3);
  t.is(bottom, rows[2].top + 22);
});

test('names of groups stand upright where all of them have the room', (t) => {
  const words = ['what', 'who', 'how', 'when', 'which', 'where'].map((word) => `${word}\n(95)`);
  t.true(standUpright(words, 'narrow'));
  t.true(standUpright(['0 to 74', '75 to 99', '200 and more'], 'wide'));
  t.false(standUpright(['0 to 74', '75 to 99', '100 to 124', '200 and more'], 'narrow'));
});
