import { floorSeconds, type BatchShape, type Limits } from './limits.js';
import { medianOf, type Samples } from './samples.js';
import type { Target, TimeTarget } from './targets.js';

/** A ratio to reach, and what came of it. */
export interface Ratio extends Target {
  readonly measured: number;
  readonly reached: boolean;
  /** Where it was not reached: the ratio at which this machine's limits would stop any program. */
  readonly atMost?: number;
}

/** The targets of which both sides were measured; of bfloat16 where the processor multiplies it faster than float32. */
export function compare(
  targets: readonly Target[],
  samples: readonly Samples[],
  batch: BatchShape,
  limits: Limits,
): Ratio[] {
  // Processors that multiply bfloat16 do it at more than twice the speed of float32; others, by way of float32, at the same.
  const hasBfloat16 = limits.bfloat16_gflops > 1.5 * limits.float32_gflops;
  return targets.flatMap((target) => {
    if (target.variant === 'bf16' && !hasBfloat16) return [];
    const [theirs, ours] = [
      medianOf(samples, target.what, target.against),
      medianOf(samples, target.what, target.variant),
    ];
    if (theirs === undefined || ours === undefined) return [];
    const measured = theirs / ours;
    const reached = measured >= target.ratio;
    const floor = reached ? undefined : floorSeconds(target.what, target.variant, batch, limits);
    return [{ ...target, measured, reached, ...(floor === undefined ? {} : { atMost: theirs / floor }) }];
  });
}

/** A time to stay under, and what came of it, in seconds. */
export interface Time extends TimeTarget {
  readonly measured: number;
  readonly reached: boolean;
}

/** The targets that were measured. */
export function compareTimes(targets: readonly TimeTarget[], samples: readonly Samples[]): Time[] {
  return targets.flatMap((target) => {
    const measured = medianOf(samples, target.what, target.variant);
    return measured === undefined ? [] : [{ ...target, measured, reached: measured < target.under }];
  });
}
