import { Worker } from 'node:worker_threads';
import { QaError, messageOf } from '../errors.js';
import { checkRequest } from './checks.js';
import type { FromWorker, ToWorker, WorkerReading, WorkerStart } from './messages.js';
import { PendingQuestions, type Pending } from './pending-questions.js';
import { unpackError } from './sent-error.js';
import { Signals } from './signals.js';
import type { Cancellable, Reading, ReadOptions } from './types.js';

/** What lies with the worker at once: enough to choose its batches from; more would only cost its memory. */
const sentAtMost = { questions: 256, characters: 4_000_000 };

/** The caller's end of a reader's worker thread. Does not keep the process alive while no question is pending. */
export class ReaderThread {
  /** Questions in the order of arrival: not yet with the worker, and with it. */
  readonly #waiting = new PendingQuestions();
  readonly #sent = new PendingQuestions();
  readonly #signals = new Signals((id, reason) => {
    this.#cancel(id, reason);
  });
  readonly #exited: Promise<void>;
  #nextId = 0;
  #isSendingSoon = false;
  /** Why no question is taken any more. */
  #closed: QaError | undefined;

  private constructor(private readonly worker: Worker) {
    worker.on('message', (message: FromWorker) => {
      this.#receive(message);
    });
    worker.on('error', (error) => {
      this.#close(threadFailed(error));
    });
    this.#exited = new Promise((resolve) => {
      worker.on('exit', () => {
        this.#close(threadFailed('it ended unexpectedly'));
        resolve();
      });
    });
    worker.unref();
  }

  /**
   * Starts a thread; rejects with the worker's error where the model cannot be opened.
   * @param program what the thread runs; tests give others
   */
  static async start(
    start: WorkerStart,
    program = new URL('worker.js', import.meta.url),
  ): Promise<ReaderThread> {
    // The caller's flags are for the caller's program: with --input-type no thread could start from a file.
    const worker = new Worker(program, { workerData: start, execArgv: [] });
    await new Promise<void>((resolve, reject) => {
      worker.once('error', (error) => {
        reject(threadFailed(error));
      });
      worker.once('exit', () => {
        reject(threadFailed('it ended unexpectedly'));
      });
      worker.once('message', (message: FromWorker) => {
        if (message.type === 'unloadable') reject(unpackError(message.error));
        else resolve();
      });
    });
    return new ReaderThread(worker);
  }

  get pending(): number {
    return this.#waiting.size + this.#sent.size;
  }

  /** UTF-16 units of the contexts of pending questions. */
  get pendingCharacters(): number {
    return this.#waiting.characters + this.#sent.characters;
  }

  /** Has a question answered, in turn. An abort of the signal rejects with its reason. */
  ask(question: string, context: string, allOptions: ReadOptions & Cancellable): Promise<Reading> {
    return new Promise((resolve, reject) => {
      checkRequest(question, context, allOptions);
      const { signal, ...options } = allOptions;
      signal?.throwIfAborted();
      if (this.#closed !== undefined) throw this.#closed;
      const request = { question, context, options };
      const id = this.#nextId++;
      this.#waiting.add(id, { request, asked: performance.now(), resolve, reject, signal });
      if (signal !== undefined) this.#signals.add(signal, id);
      this.#send();
    });
  }

  /** Ends the thread; questions without an answer are rejected with the reason. */
  async close(reason: QaError): Promise<void> {
    this.#close(reason);
    await this.#exited;
  }

  /** Gives the worker as many questions as it should have. */
  #send(): void {
    // Whoever closes it waits for its end, whatever still comes from it.
    if (this.#closed !== undefined) return;
    for (const [id, pending] of this.#waiting) {
      const { length } = pending.request.context;
      if (this.#sent.size >= sentAtMost.questions) break;
      if (this.#sent.size > 0 && this.#sent.characters + length > sentAtMost.characters) break;
      this.#waiting.take(id);
      this.#sent.add(id, pending);
      this.#post({ type: 'read', id, ...pending.request });
    }
    if (this.pending > 0) this.worker.ref();
    else this.worker.unref();
  }

  #receive(message: FromWorker): void {
    if (message.type !== 'done' && message.type !== 'failed') return;
    // Of a question that was given up nobody wants to hear.
    const pending = this.#take(this.#sent, message.id);
    if (message.type === 'failed') pending?.reject(unpackError(message.error));
    else pending?.resolve(timed(message.reading, pending.asked));
    this.#send();
  }

  #cancel(id: number, reason: unknown): void {
    const isSent = this.#sent.has(id);
    const pending = this.#take(isSent ? this.#sent : this.#waiting, id);
    if (isSent) this.#post({ type: 'cancel', id });
    pending?.reject(reason);
    this.#sendSoon();
  }

  /** Sends once all was given up that is given up together: those that wait are not sent to be cancelled. */
  #sendSoon(): void {
    if (this.#isSendingSoon) return;
    this.#isSendingSoon = true;
    queueMicrotask(() => {
      this.#isSendingSoon = false;
      this.#send();
    });
  }

  #close(reason: QaError): void {
    if (this.#closed !== undefined) return;
    this.#closed = reason;
    for (const questions of [this.#sent, this.#waiting])
      for (const [id] of questions) this.#take(questions, id)?.reject(reason);
    this.#post({ type: 'close' });
    this.worker.ref();
  }

  /** Removes a question: whoever takes it settles its promise. */
  #take(questions: PendingQuestions, id: number): Pending | undefined {
    const pending = questions.take(id);
    if (pending?.signal !== undefined) this.#signals.delete(pending.signal, id);
    return pending;
  }

  #post(message: ToWorker): void {
    this.worker.postMessage(message);
  }
}

function timed({ computed, ...rest }: WorkerReading, asked: number): Reading {
  const waited = Math.max(0, performance.now() - asked - computed);
  return { ...rest, timings: { waited, computed } };
}

function threadFailed(error: unknown): QaError {
  return new QaError(
    `Expected the reader's thread to answer, but it failed (${messageOf(error)}); load the model again.`,
    'ERR_READER_THREAD',
    { cause: error },
  );
}
