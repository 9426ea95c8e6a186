/** How a figure varies over seeds. */
export interface Spread {
  readonly mean: number;
  readonly least: number;
  readonly most: number;
  /** Of the sample (n - 1); 0 for one value. */
  readonly standardDeviation: number;
  readonly count: number;
}

/** Throws where there is no value. */
export function spreadOf(values: readonly number[]): Spread {
  if (values.length === 0)
    throw new RangeError('Expected at least one value to take the spread of, got none.');
  const mean = values.reduce((sum, value) => sum + value, 0) / values.length;
  const squares = values.reduce((sum, value) => sum + (value - mean) ** 2, 0);
  return {
    mean,
    least: Math.min(...values),
    most: Math.max(...values),
    standardDeviation: values.length === 1 ? 0 : Math.sqrt(squares / (values.length - 1)),
    count: values.length,
  };
}

/** `59.62 (58.90 to 60.31, 5 seeds)`, or the value alone. */
export function formatSpread({ mean, least, most, count }: Spread, digits = 2): string {
  if (count === 1) return mean.toFixed(digits);
  return `${mean.toFixed(digits)} (${least.toFixed(digits)} to ${most.toFixed(digits)}, ${count} seeds)`;
}
