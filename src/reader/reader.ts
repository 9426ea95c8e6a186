// Declarations that name Symbol.asyncDispose compile in programs for ES2022, too.
/// <reference lib="esnext.disposable" preserve="true" />
import { QaError } from '../errors.js';
import { modelFolder } from '../hub/model-folder.js';
import { checkLoading } from './checks.js';
import { ReaderThread } from './thread.js';
import type { Cancellable, ReaderAnswer, ReaderOptions, ReadOptions, Reading } from './types.js';

/** What is asked for beside the question, where only answers are wanted. */
export type AnswerOptions = Omit<ReadOptions, 'topK' | 'scores'> & Cancellable;

/**
 * Answers questions about contexts of any length with a trained model. Tokenizing and computing happen in a thread of
 * its own, so that the caller's event loop stays free; questions that wait together are computed together.
 */
export class Reader {
  readonly #thread: ReaderThread;

  private constructor(thread: ReaderThread) {
    this.#thread = thread;
  }

  /**
   * Opens a folder that `qa-native train` wrote, or any in Hugging Face's layout that holds a BERT with a span head; where
   * there is no such folder, the model of that name on the hub (`name` or `name@revision`), in the cache that Python's tools
   * share.
   * @throws QaError where the model, the device or an option cannot be used
   */
  static async load(nameOrPath: string, options: ReaderOptions = {}): Promise<Reader> {
    checkLoading(nameOrPath, options);
    const dir = await modelFolder(nameOrPath);
    return new Reader(await ReaderThread.start({ dir, options }));
  }

  /**
   * The `topK` best answers to a question about a context, with their places there, best first.
   * @throws QaError where the question leaves no room for the context, or an option cannot be used
   */
  answer(
    question: string,
    context: string,
    options: AnswerOptions & { readonly topK: number },
  ): Promise<readonly ReaderAnswer[]>;
  /**
   * The best answer to a question about a context of any length, with its place there; with `topK` a list of so many.
   * @throws QaError where the question leaves no room for the context, or an option cannot be used
   */
  answer(
    question: string,
    context: string,
    options?: AnswerOptions & { readonly topK?: undefined },
  ): Promise<ReaderAnswer>;
  /** An answer or, with `topK`, a list of them: where it is not known before whether that is given. */
  answer(
    question: string,
    context: string,
    options?: AnswerOptions & { readonly topK?: number | undefined },
  ): Promise<ReaderAnswer | readonly ReaderAnswer[]>;
  answer(
    question: string,
    context: string,
    options: AnswerOptions & { readonly topK?: number | undefined } = {},
  ): Promise<ReaderAnswer | readonly ReaderAnswer[]> {
    return this.read(question, context, options).then(({ answers }) =>
      options.topK === undefined ? answers[0] : answers,
    );
  }

  /** As `answer`, with all that came of the question: answers, windows, timings and, if asked for, tokens' scores. */
  read(question: string, context: string, options: ReadOptions & Cancellable = {}): Promise<Reading> {
    return this.#thread.ask(question, context, options);
  }

  /** Questions that are not answered yet. */
  get pending(): number {
    return this.#thread.pending;
  }

  /** UTF-16 units of their contexts: how much there is to do. */
  get pendingCharacters(): number {
    return this.#thread.pendingCharacters;
  }

  /** Frees the model and ends the thread; questions without an answer fail with `ERR_READER_DISPOSED`. */
  async dispose(): Promise<void> {
    await this.#thread.close(
      new QaError('Expected a live reader, but it was disposed; load it again.', 'ERR_READER_DISPOSED'),
    );
  }

  /** `dispose`, for `await using`. */
  [Symbol.asyncDispose](): Promise<void> {
    return this.dispose();
  }
}
