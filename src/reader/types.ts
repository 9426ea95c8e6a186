/** How a reader computes. What is left out is what the model was trained with, or the notebook's value. */
export interface ReaderOptions {
  /** `auto` (the first GPU where there is one, else the CPU; the default), `cpu`, `cuda` or `cuda:<index>`. */
  readonly device?: string | undefined;
  /** Threads of one operation; by default all that the system offers. */
  readonly threads?: number | undefined;
  /** Windows that are computed together, of however many questions; by default 12. */
  readonly batchSize?: number | undefined;
  /** Tokens of a window, question and special tokens included. */
  readonly maxSeqLength?: number | undefined;
  /** Context tokens that two windows share. */
  readonly docStride?: number | undefined;
  /** As `--fast`: other kernels, without padding; logits differ by 1e-5 at most. By default not. */
  readonly fast?: boolean | undefined;
  /** As `--bf16`: `fast`, with activations and their products in bfloat16. By default not. */
  readonly bf16?: boolean | undefined;
}

/** What is asked for beside the question. */
export interface ReadOptions {
  /** How many answers to give at most, the best first: 1 to 1000, by default 1. See `Reading` for their length. */
  readonly topK?: number | undefined;
  /** Tokens of the longest answer; by default 30. */
  readonly maxAnswerLength?: number | undefined;
  /** Whether the empty text may be an answer, as in SQuAD v2.0; by default not. For models trained with such questions. */
  readonly nullAnswer?: boolean | undefined;
  /** Whether to give the scores of all tokens of the context, too; by default not. */
  readonly scores?: boolean | undefined;
}

/** What can be given up. */
export interface Cancellable {
  /** Gives the question up: its promise is rejected with the signal's reason. */
  readonly signal?: AbortSignal | undefined;
}

/** An answer: a part of the context as it was given, `context.slice(start, end) === text`. */
export interface ReaderAnswer {
  readonly text: string;
  /** `[start, end)` in UTF-16 units, as JavaScript counts; both 0 for the empty answer. */
  readonly start: number;
  readonly end: number;
  /** The sum of the logits of its first token to start and of its last to end the answer. */
  readonly score: number;
  /** Softmax of the scores over the 20 best spans (over `topK` where that is more), each counted once. */
  readonly probability: number;
}

/** How well each token of a context starts and ends the answer; of a token in several windows, the best of them. */
export interface TokenScores {
  /** `[start, end)` of each token in UTF-16 units of the context, flattened: 2 for each token. */
  readonly offsets: Int32Array;
  /** Logits, one for each token. */
  readonly startLogits: Float32Array;
  readonly endLogits: Float32Array;
}

/** All that came of one question. */
export interface Reading {
  /**
   * From 1 to `topK`, the best first; as many as have 100,000 UTF-16 units together, and always the best one. A context
   * without a token gives the empty text alone.
   */
  readonly answers: readonly ReaderAnswer[];
  /** Windows that the context was cut into. */
  readonly windows: number;
  /** Milliseconds until its first window was computed, and from then on; windows of other questions share the time. */
  readonly timings: { readonly waited: number; readonly computed: number };
  /** Only where they were asked for. */
  readonly scores?: TokenScores;
}
