import { UsageError } from '../errors.js';
import { native } from '../native.js';

/** What the learning rate depends on beside the step. */
export interface Schedule {
  readonly lrSchedulerType: LrSchedulerType;
  /** The peak. */
  readonly learningRate: number;
  readonly numWarmupSteps: number;
  readonly numTrainingSteps: number;
}

/** How much of the steps after the warmup is done, as a part of 1. */
function progressOf(step: number, { numTrainingSteps, numWarmupSteps }: Schedule): number {
  return (step - numWarmupSteps) / Math.max(1, numTrainingSteps - numWarmupSteps);
}

/** The rate at which `polynomial` ends. */
const lrEnd = 1e-7;

/** The factor of a step (from 0) once the warmup is over, by the names of transformers' `SchedulerType`. */
const afterWarmup = {
  linear: (step: number, { numTrainingSteps, numWarmupSteps }: Schedule) =>
    Math.max(0, (numTrainingSteps - step) / Math.max(1, numTrainingSteps - numWarmupSteps)),

  /** Half a wave. The cosine is the C library's, as in Python: JavaScript's may differ in the last bit. */
  cosine: (step: number, schedule: Schedule) =>
    Math.max(0, 0.5 * (1 + native.cosine(Math.PI * progressOf(step, schedule)))),

  /** The same, but 0 past its end: with one wave, transformers' default, nothing is restarted before. */
  cosine_with_restarts: (step: number, schedule: Schedule): number =>
    progressOf(step, schedule) >= 1 ? 0 : afterWarmup.cosine(step, schedule),

  /** A straight line, as the power is 1 by default, but down to `lrEnd`. */
  polynomial: (step: number, { numTrainingSteps, numWarmupSteps, learningRate }: Schedule) => {
    if (step >= numTrainingSteps) return lrEnd / learningRate;
    const remaining = 1 - (step - numWarmupSteps) / (numTrainingSteps - numWarmupSteps);
    return ((learningRate - lrEnd) * remaining + lrEnd) / learningRate;
  },

  inverse_sqrt: (step: number, { numWarmupSteps }: Schedule) => {
    const timescale = numWarmupSteps || 10_000;
    return 1 / Math.sqrt((step + (timescale - numWarmupSteps)) / timescale);
  },

  /** Has no warmup. */
  constant: () => 1,
  constant_with_warmup: () => 1,
};

/** transformers' `SchedulerType`, those that `--lr-scheduler-type` takes. */
export type LrSchedulerType = keyof typeof afterWarmup;

/**
 * The learning rate's factor for a step (from 0): up from 0 to 1 over the warmup steps, then as its type says.
 * transformers' `get_scheduler` (4.46.3) with its default arguments.
 */
export function learningRateFactor(step: number, schedule: Schedule): number {
  const { lrSchedulerType, numWarmupSteps, learningRate } = schedule;
  if (!Object.hasOwn(afterWarmup, lrSchedulerType)) {
    throw new UsageError(
      `Expected an \`lrSchedulerType\` of ${Object.keys(afterWarmup).join(', ')}, got "${lrSchedulerType}".`,
    );
  }
  if (lrSchedulerType === 'polynomial' && !(learningRate > lrEnd)) {
    throw new UsageError(
      `Expected \`learningRate\` above ${lrEnd}, where the polynomial schedule ends, got ${learningRate}.`,
    );
  }
  if (step < numWarmupSteps && lrSchedulerType !== 'constant') return step / numWarmupSteps;
  return afterWarmup[lrSchedulerType](step, schedule);
}

/** transformers' `get_linear_schedule_with_warmup`, the notebook's schedule. */
export function linearScheduleWithWarmup(
  step: number,
  numWarmupSteps: number,
  numTrainingSteps: number,
): number {
  return learningRateFactor(step, {
    lrSchedulerType: 'linear',
    learningRate: 1,
    numWarmupSteps,
    numTrainingSteps,
  });
}

/** Steps of rising rate: `warmupSteps` where above 0, else a part of all, rounded up. */
export function countWarmupSteps(warmupSteps: number, warmupRatio: number, numTrainingSteps: number): number {
  return warmupSteps > 0 ? warmupSteps : Math.ceil(numTrainingSteps * warmupRatio);
}
