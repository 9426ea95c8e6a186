/** What waits to be computed, as far as batching cares. */
export interface Sized {
  /** Tokens. */
  readonly length: number;
}

/** Batches' worth of waiting windows, the oldest, among which neighbours are looked for. */
const batchesAhead = 8;

/**
 * Splits what waits, in the order of arrival, into the next batch and the rest. The batch is the oldest window, so that
 * none waits for ever, and of those that came next the ones nearest to it in length, so that there is little padding.
 */
export function nextBatch<Window extends Sized>(
  waiting: readonly Window[],
  batchSize: number,
): { batch: Window[]; rest: Window[] } {
  const distance = ({ length }: Window) => Math.abs(length - waiting[0].length);
  const batch = waiting
    .slice(0, batchesAhead * batchSize)
    .sort((a, b) => distance(a) - distance(b))
    .slice(0, batchSize);
  const taken = new Set(batch);
  return { batch, rest: waiting.filter((window) => !taken.has(window)) };
}
