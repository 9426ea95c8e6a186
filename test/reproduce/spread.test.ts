import test from 'ava';
import { formatSpread, spreadOf } from '../../src/reproduce/spread.js';

test("a spread has the mean, the ends and the sample's standard deviation", (t) => {
  // Python: statistics.stdev([2, 4, 4, 4, 5, 5, 7, 9]) = 2.138089935299395
  const spread = spreadOf([2, 4, 4, 4, 5, 5, 7, 9]);
  t.is(spread.mean, 5);
  t.deepEqual([spread.least, spread.most, spread.count], [2, 9, 8]);
  t.true(Math.abs(spread.standardDeviation - 2.138089935299395) < 1e-15);
});

test('one value has no spread, none is an error', (t) => {
  t.is(spreadOf([3]).standardDeviation, 0);
  t.is(formatSpread(spreadOf([3])), '3.00');
  t.throws(() => spreadOf([]), { instanceOf: RangeError });
});
