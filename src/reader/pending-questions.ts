import type { ReadRequest } from './messages.js';
import type { Reading } from './types.js';

/**
 * A question whose answer somebody waits for. Thousands may wait at once, and what V8's collector must move of them
 * holds up the caller's event loop: so one promise for each, and no closure that isn't needed.
 */
export interface Pending {
  readonly request: Omit<ReadRequest, 'id'>;
  /** When it was asked, by `performance.now()`. */
  readonly asked: number;
  readonly resolve: (reading: Reading) => void;
  readonly reject: (reason: unknown) => void;
  /** Only where it can be given up. */
  readonly signal: AbortSignal | undefined;
}

/**
 * Questions by their id, in the order of arrival. Their characters are counted as they come and go: to add them up for
 * each question took a fifth of what a caller's event loop spends on asking thousands at once.
 */
export class PendingQuestions {
  readonly #byId = new Map<number, Pending>();
  #characters = 0;

  get size(): number {
    return this.#byId.size;
  }

  /** UTF-16 units of their contexts. */
  get characters(): number {
    return this.#characters;
  }

  has(id: number): boolean {
    return this.#byId.has(id);
  }

  add(id: number, pending: Pending): void {
    this.#byId.set(id, pending);
    this.#characters += pending.request.context.length;
  }

  take(id: number): Pending | undefined {
    const pending = this.#byId.get(id);
    if (this.#byId.delete(id)) this.#characters -= pending?.request.context.length ?? 0;
    return pending;
  }

  /** Ids and questions, oldest first; those taken meanwhile are left out. */
  [Symbol.iterator](): IterableIterator<[number, Pending]> {
    return this.#byId.entries();
  }
}
