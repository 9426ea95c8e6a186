/** Measurements of one thing, one contestant's. */
export interface Samples {
  /** What was measured, such as `step bert-mini`. */
  readonly what: string;
  readonly variant: string;
  readonly unit: 's' | 'bytes';
  readonly values: readonly number[];
}

export function median(values: readonly number[]): number {
  const sorted = [...values].sort((a, b) => a - b);
  const middle = sorted.length >> 1;
  return sorted.length % 2 === 1 ? sorted[middle] : (sorted[middle - 1] + sorted[middle]) / 2;
}

/** Of one thing and contestant; undefined where it was not measured. */
export function medianOf(samples: readonly Samples[], what: string, variant: string): number | undefined {
  const found = samples.find((entry) => entry.what === what && entry.variant === variant);
  return found === undefined ? undefined : median(found.values);
}

export function least(values: readonly number[]): number {
  return Math.min(...values);
}

export function most(values: readonly number[]): number {
  return Math.max(...values);
}

/** For a file of results: the values, and what a table shows of them. */
export function summarize({ values, ...rest }: Samples): object {
  return { ...rest, median: median(values), least: least(values), most: most(values), values };
}

/** Collects values by what they measure and by contestant, in the order in which they first came. */
export class SampleBook {
  readonly #values = new Map<
    string,
    { what: string; variant: string; unit: Samples['unit']; values: number[] }
  >();

  add(what: string, variant: string, value: number | undefined, unit: Samples['unit'] = 's'): void {
    if (value === undefined) return;
    const key = `${what}\n${variant}`;
    const entry = this.#values.get(key) ?? { what, variant, unit, values: [] };
    entry.values.push(value);
    this.#values.set(key, entry);
  }

  all(): Samples[] {
    return [...this.#values.values()];
  }
}
