import { readFileSync } from 'node:fs';

/** Inclusive ranges of code points. */
type Ranges = readonly (readonly [first: number, last: number])[];

/** What scripts/reference/metrics.py writes. */
export interface MetricsFixture {
  readonly recorded: { readonly python: string; readonly unicode: string };
  readonly characters: {
    /** The code points that Python's Unicode version knows: newer ones are not compared. */
    readonly assigned: Ranges;
    readonly space: Ranges;
    readonly word: Ranges;
    /** `c.lower()` of each character that it changes. */
    readonly lower: Readonly<Record<string, string>>;
  };
  readonly normalized: readonly (readonly [text: string, normalized: string])[];
  readonly scores: readonly {
    readonly prediction: string;
    readonly answers: readonly string[];
    readonly exact_match: number;
    readonly f1: number;
  }[];
  /** Of all rows of `scores`, by their index, where every seventh prediction from the fourth on is missing. */
  readonly metrics: { readonly exact_match: number; readonly f1: number };
}

export const fixture = JSON.parse(
  readFileSync(new URL('../../../test/fixtures/evaluate/metrics.json', import.meta.url), 'utf8'),
) as MetricsFixture;

/** The characters of some ranges. */
export function charactersOf(ranges: Ranges): string[] {
  return ranges.flatMap(([first, last]) =>
    Array.from({ length: last - first + 1 }, (_, offset) => String.fromCodePoint(first + offset)),
  );
}
