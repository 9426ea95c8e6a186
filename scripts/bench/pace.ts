/** How much is measured. */
export interface Pace {
  /** Steps and batches of each contestant. */
  readonly rounds: number;
  /** Steps before them, the first among them. */
  readonly warmUp: number;
  /** Whether all of an evaluation is measured, too. */
  readonly wholeEvaluation: boolean;
}

/** A GPU's steps take milliseconds, and are recorded when a shape of batch comes for the second time. */
const gpuPace: Pace = { rounds: 60, warmUp: 100, wholeEvaluation: true };

export function paceOf(device: string, quick: boolean): Pace {
  return device === 'cpu' ? { rounds: quick ? 4 : 12, warmUp: 1, wholeEvaluation: false } : gpuPace;
}
