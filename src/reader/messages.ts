import type { SentError } from './sent-error.js';
import type { ReaderOptions, ReadOptions, Reading } from './types.js';

/** What the worker is started with. */
export interface WorkerStart {
  readonly dir: string;
  readonly options: ReaderOptions;
}

/** A question on its way to the worker. */
export interface ReadRequest {
  /** By this the reply is known. */
  readonly id: number;
  readonly question: string;
  readonly context: string;
  readonly options: ReadOptions;
}

export type ToWorker =
  | ({ readonly type: 'read' } & ReadRequest)
  /** Forget the question: nobody waits for it. */
  | { readonly type: 'cancel'; readonly id: number }
  /** Free everything and end. */
  | { readonly type: 'close' };

/** What the worker found of one question; the time that it waited before is the caller's to count. */
export type WorkerReading = Omit<Reading, 'timings'> & { readonly computed: number };

export type FromWorker =
  | { readonly type: 'ready' }
  | { readonly type: 'unloadable'; readonly error: SentError }
  | { readonly type: 'done'; readonly id: number; readonly reading: WorkerReading }
  | { readonly type: 'failed'; readonly id: number; readonly error: SentError };
