/** A part of a context from one token's start to another's end. */
export interface Span {
  /** `[start, end)` in UTF-16 units of the context. */
  readonly start: number;
  readonly end: number;
  readonly startLogit: number;
  readonly endLogit: number;
  /** The sum of both logits in float32. */
  readonly score: number;
}

/**
 * The spans of the highest scores of all that were added, the best first; of equal scores, those added first. Held as
 * columns and cleared for the next example: an object for each span that comes and goes cost most of post-processing.
 */
export class BestSpans {
  #length = 0;
  readonly #scores: Float32Array;
  readonly #startLogits: Float32Array;
  readonly #endLogits: Float32Array;
  readonly #starts: Int32Array;
  readonly #ends: Int32Array;

  /** @param distinct whether a span that is added again, as that of another window, counts once, with its best score */
  constructor(
    private readonly size: number,
    private readonly distinct = false,
  ) {
    this.#scores = new Float32Array(size);
    this.#startLogits = new Float32Array(size);
    this.#endLogits = new Float32Array(size);
    this.#starts = new Int32Array(size);
    this.#ends = new Int32Array(size);
  }

  get length(): number {
    return this.#length;
  }

  clear(): void {
    this.#length = 0;
  }

  /** Whether a span of this score would be kept if it were added now. */
  accepts(score: number): boolean {
    return this.#length < this.size || score > this.#scores[this.size - 1];
  }

  /** Adds a span whose score is accepted; a full list loses its last. */
  add(start: number, end: number, startLogit: number, endLogit: number, score: number): void {
    const known = this.distinct ? this.#find(start, end) : -1;
    if (known >= 0 && this.#scores[known] >= score) return;
    if (known < 0 && this.#length < this.size) this.#length++;
    let rank = known < 0 ? this.#length - 1 : known;
    for (; rank > 0 && this.#scores[rank - 1] < score; rank--) {
      this.#scores[rank] = this.#scores[rank - 1];
      this.#startLogits[rank] = this.#startLogits[rank - 1];
      this.#endLogits[rank] = this.#endLogits[rank - 1];
      this.#starts[rank] = this.#starts[rank - 1];
      this.#ends[rank] = this.#ends[rank - 1];
    }
    this.#scores[rank] = score;
    this.#startLogits[rank] = startLogit;
    this.#endLogits[rank] = endLogit;
    this.#starts[rank] = start;
    this.#ends[rank] = end;
  }

  /** The rank of a span; -1 where it is not among the best. */
  #find(start: number, end: number): number {
    for (let rank = 0; rank < this.#length; rank++)
      if (this.#starts[rank] === start && this.#ends[rank] === end) return rank;
    return -1;
  }

  at(rank: number): Span {
    return {
      start: this.#starts[rank],
      end: this.#ends[rank],
      startLogit: this.#startLogits[rank],
      endLogit: this.#endLogits[rank],
      score: this.#scores[rank],
    };
  }

  /** Copies, which outlive `clear`. */
  toArray(): Span[] {
    const spans: Span[] = [];
    for (let rank = 0; rank < this.#length; rank++) spans.push(this.at(rank));
    return spans;
  }
}
