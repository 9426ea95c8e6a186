import test from 'ava';
import { smoothed } from '../../src/report/run-charts.js';

test('a smoothed value is the mean of its neighbours, of those there are at the ends', (t) => {
  t.deepEqual(smoothed([6, 3, 0, 3]), [4.5, 3, 2, 1.5]);
});
