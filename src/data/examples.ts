/** An accepted answer: its text and where it starts in the context, in UTF-16 units. */
export interface Answer {
  readonly text: string;
  readonly start: number;
}

/** One question about one context. Examples of one paragraph share the context string itself. */
export interface Example {
  readonly id: string;
  readonly title: string;
  readonly question: string;
  readonly context: string;
  readonly answers: readonly Answer[];
}

/**
 * One window over an example: `[CLS] question [SEP] a part of the context [SEP]`, without padding. Hugging Face
 * calls it a feature.
 */
export interface Feature {
  /** Index of the example this window belongs to. */
  readonly exampleIndex: number;
  /** Token ids, at most `maxSeqLength`. */
  readonly inputIds: Int32Array;
  /** Position of the first context token: `token_type_ids` are 0 before it and 1 from it to the last `[SEP]`. */
  readonly contextStart: number;
  /** `[start, end)` in UTF-16 units of the context for each context token of the window, flattened. */
  readonly offsets: Int32Array;
  /** Token positions of the first answer, both 0 (`[CLS]`) where the window does not hold it; training only. */
  readonly startPosition: number;
  readonly endPosition: number;
}
