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

/** The spans of the highest scores of all that were added; of equal scores, those added first. */
export class BestSpans {
  /** The best first. */
  readonly spans: Span[] = [];

  constructor(private readonly size: number) {}

  /** Whether a span of this score would be kept if it were added now. */
  accepts(score: number): boolean {
    return this.spans.length < this.size || score > this.spans[this.spans.length - 1].score;
  }

  add(span: Span): void {
    if (!this.accepts(span.score)) return;
    if (this.spans.length === this.size) this.spans.pop();
    const better = this.spans.findLastIndex(({ score }) => score >= span.score);
    this.spans.splice(better + 1, 0, span);
  }
}
