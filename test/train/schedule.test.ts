import test from 'ava';
import { countWarmupSteps, learningRateFactor, type Schedule } from '../../src/train/schedule.js';
import { readFixture, type Fixture } from '../fixture.js';

interface ScheduleCase extends Schedule {
  /** The rate of each step from 0, and of two beyond the end. */
  readonly rates: readonly number[];
}

const { cases } = readFixture('train/schedule.json') as Fixture & { cases: ScheduleCase[] };

for (const schedule of cases) {
  const { lrSchedulerType, learningRate, numWarmupSteps, numTrainingSteps, rates } = schedule;
  test(`${lrSchedulerType}: ${numTrainingSteps} steps, ${numWarmupSteps} of warmup, at ${learningRate} have Python's rates`, (t) => {
    t.deepEqual(
      rates.map((_, step) => learningRate * learningRateFactor(step, schedule)),
      [...rates],
    );
  });
}

test('a polynomial schedule that would rise is refused', (t) => {
  const schedule: Schedule = {
    lrSchedulerType: 'polynomial',
    learningRate: 1e-8,
    numWarmupSteps: 0,
    numTrainingSteps: 5,
  };
  t.throws(() => learningRateFactor(0, schedule), { code: 'ERR_USAGE', message: /above 1e-7/ });
});

test('a warmup in steps goes before one in parts of the run', (t) => {
  t.is(countWarmupSteps(0, 0, 100), 0);
  t.is(countWarmupSteps(0, 0.1, 101), 11);
  t.is(countWarmupSteps(7, 0.1, 101), 7);
});
