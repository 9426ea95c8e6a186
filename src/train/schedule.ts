/**
 * The learning rate's factor for a step (from 0): up from 0 to 1 over the warmup steps, then down to 0 at the last
 * step. transformers' `get_linear_schedule_with_warmup`.
 */
export function linearScheduleWithWarmup(
  step: number,
  numWarmupSteps: number,
  numTrainingSteps: number,
): number {
  if (step < numWarmupSteps) return step / Math.max(1, numWarmupSteps);
  return Math.max(0, (numTrainingSteps - step) / Math.max(1, numTrainingSteps - numWarmupSteps));
}
