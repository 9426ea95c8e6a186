import test from 'ava';
import { linearScheduleWithWarmup } from '../../src/train/schedule.js';
import { readFixture, type Fixture } from '../fixture.js';

interface ScheduleCase {
  readonly learningRate: number;
  readonly warmup: number;
  readonly total: number;
  /** The rate of each step from 0, and of two beyond the end. */
  readonly rates: readonly number[];
}

const { cases } = readFixture('train/schedule.json') as Fixture & { cases: ScheduleCase[] };

for (const { learningRate, warmup, total, rates } of cases) {
  test(`${total} steps with ${warmup} of warmup at ${learningRate} have Python's rates`, (t) => {
    const factors = rates.map((_, step) => linearScheduleWithWarmup(step, warmup, total));
    t.deepEqual(
      factors.map((factor) => learningRate * factor),
      [...rates],
    );
  });
}
