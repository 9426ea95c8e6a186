/** The questions of one signal. */
interface Listened {
  readonly ids: Set<number>;
  readonly abort: () => void;
}

/**
 * Which questions a signal gives up, by their ids. However many they are it gets one listener: of more than ten Node warns
 * as of a leak.
 */
export class Signals {
  readonly #listened = new Map<AbortSignal, Listened>();

  /** @param cancel is called for each question of a signal that is aborted, in the order of arrival */
  constructor(private readonly cancel: (id: number, reason: unknown) => void) {}

  add(signal: AbortSignal, id: number): void {
    const listened = this.#listened.get(signal) ?? this.#listen(signal);
    listened.ids.add(id);
  }

  /** Forgets a question; a signal that has no other is listened to no more. */
  delete(signal: AbortSignal, id: number): void {
    const listened = this.#listened.get(signal);
    if (listened === undefined) return;
    listened.ids.delete(id);
    if (listened.ids.size > 0) return;
    signal.removeEventListener('abort', listened.abort);
    this.#listened.delete(signal);
  }

  #listen(signal: AbortSignal): Listened {
    const ids = new Set<number>();
    const abort = () => {
      for (const id of [...ids]) this.cancel(id, signal.reason);
    };
    const listened = { ids, abort };
    signal.addEventListener('abort', abort, { once: true });
    this.#listened.set(signal, listened);
    return listened;
  }
}
