/** What waits to be computed, as far as batching cares. */
export interface Sized {
  /** Tokens. */
  readonly length: number;
}

/** A window with its turn. */
export type Queued<Window extends Sized> = Window & {
  /** The batch before which nothing that comes later gets past it, counted from the reader's first. */
  readonly due: number;
};

/**
 * Puts a question's windows among those that wait. They are due together, as many batches after the next one (`batches`)
 * as there are windows: a short text gets past a long one, but not for ever, and of many long ones one is answered after
 * the other, where turns would have all of them wait for the last.
 */
export function enqueue<Window extends Sized>(
  waiting: readonly Queued<Window>[],
  windows: readonly Window[],
  batches: number,
): Queued<Window>[] {
  const due = batches + windows.length;
  return [...waiting, ...windows.map((window) => ({ ...window, due }))].sort((a, b) => a.due - b.due);
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
