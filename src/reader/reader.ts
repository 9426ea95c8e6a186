// Declarations that name Symbol.asyncDispose compile in programs for ES2022, too.
/// <reference lib="esnext.disposable" preserve="true" />
import { QaError } from '../errors.js';
import { checkLoading } from './checks.js';
import { ReaderThread } from './thread.js';
import type { Cancellable, ReaderAnswer, ReaderOptions, ReadOptions, Reading } from './types.js';

export type AnswerOptions = Omit<ReadOptions, 'topK' | 'scores'> & Cancellable;

/**
 * Answers questions about contexts of any length with a trained model. Tokenizing and computing happen in a thread of
 * its own, so that the caller's event loop stays free; questions that wait together are computed together.
 */
export class Reader {
  private constructor(private readonly thread: ReaderThread) {}

  /**
   * Opens a folder that `qa-native train` wrote, or any in Hugging Face's layout that holds a BERT with a span head.
   * @throws QaError where the folder, the device or an option cannot be used
   */
  static async load(dir: string, options: ReaderOptions = {}): Promise<Reader> {
    checkLoading(dir, options);
    return new Reader(await ReaderThread.start({ dir, options }));
  }

  /** The best answer to a question about a context, with its place there; with `topK` a list of so many, best first. */
  answer(
    question: string,
    context: string,
    options: AnswerOptions & { readonly topK: number },
  ): Promise<readonly ReaderAnswer[]>;
  answer(
    question: string,
    context: string,
    options?: AnswerOptions & { readonly topK?: undefined },
  ): Promise<ReaderAnswer>;
  /** Where it is not known before whether `topK` is given. */
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
    return this.thread.ask(question, context, options);
  }

  /** Questions that are not answered yet. */
  get pending(): number {
    return this.thread.pending;
  }

  /** UTF-16 units of their contexts: how much there is to do. */
  get pendingCharacters(): number {
    return this.thread.pendingCharacters;
  }

  /** Frees the model and ends the thread; questions without an answer fail with `ERR_READER_DISPOSED`. */
  async dispose(): Promise<void> {
    await this.thread.close(
      new QaError('Expected a live reader, but it was disposed; load it again.', 'ERR_READER_DISPOSED'),
    );
  }

  /** `dispose`, for `await using`. */
  [Symbol.asyncDispose](): Promise<void> {
    return this.dispose();
  }
}
