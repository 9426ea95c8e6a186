/** What waits to be computed, as far as batching cares. */
export interface Sized {
  /** Tokens. */
  readonly length: number;
}

/** A window with its turn. */
export interface Queued extends Sized {
  /** The batch in which it should be computed, counted from the reader's first. */
  readonly due: number;
}

/**
 * Puts a question's windows among those that wait. Each of them is due a batch later than the one before, from the next
 * batch on: a short text gets past a long one, and nothing that comes later gets past a window that is due.
 */
export function enqueue<Window extends Queued>(
  waiting: readonly Window[],
  windows: readonly Window[],
): Window[] {
  return [...waiting, ...windows].sort((a, b) => a.due - b.due);
}

/** Batches' worth of waiting windows, the first, among which neighbours are looked for. */
const batchesAhead = 8;

/**
 * Splits what waits, in its order, into the next batch and the rest. The batch is the first window, so that
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
