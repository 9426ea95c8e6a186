import type { Feature } from '../data/examples.js';
import type { Kernels } from '../nn/kernels.js';

/** The labels of a batch's rows: padded ones or, with fast kernels, packed ones. */
export function labelsOf(
  rows: readonly Feature[],
  { fast }: Kernels,
): { startPositions: Int32Array; endPositions: Int32Array } {
  // The notebook's search for a start may run on to the end of the padding; where there is none, it ends at [SEP].
  const within = (position: number, { inputIds }: Feature) =>
    fast ? Math.min(position, inputIds.length - 1) : position;
  return {
    startPositions: Int32Array.from(rows, (row) => within(row.startPosition, row)),
    endPositions: Int32Array.from(rows, (row) => within(row.endPosition, row)),
  };
}
