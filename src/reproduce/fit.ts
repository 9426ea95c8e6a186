/**
 * Coefficients of the least squares fit of `values` by the columns of `terms` (a row a value), none below 0: what they
 * stand for is time. Columns whose coefficient would be negative are left out, the most negative first.
 * @throws RangeError where the values do not decide the coefficients
 */
export function fitNonNegative(terms: readonly (readonly number[])[], values: readonly number[]): number[] {
  let active = terms[0].map((_, column) => column);
  for (;;) {
    const solution = solve(
      terms.map((row) => active.map((column) => row[column])),
      values,
    );
    if (values.length < active.length || !solution.every(Number.isFinite)) {
      throw new RangeError(
        `Expected values that decide ${active.length} coefficients, got ${values.length}; measure at more places.`,
      );
    }
    const least = Math.min(...solution);
    if (least >= 0 || active.length === 1) {
      return terms[0].map((_, column) => Math.max(0, solution[active.indexOf(column)] ?? 0));
    }
    active = active.filter((_, index) => solution[index] !== least);
  }
}

/** Least squares by the normal equations of scaled columns: a handful of them, far from parallel. */
function solve(terms: readonly (readonly number[])[], values: readonly number[]): number[] {
  const columns = terms[0].length;
  const scale = Array.from({ length: columns }, (_, c) => Math.max(...terms.map((row) => Math.abs(row[c]))));
  const scaled = terms.map((row) => row.map((value, c) => value / scale[c]));
  const matrix = Array.from({ length: columns }, (_, a) => [
    ...Array.from({ length: columns }, (_, b) => scaled.reduce((sum, row) => sum + row[a] * row[b], 0)),
    scaled.reduce((sum, row, index) => sum + row[a] * values[index], 0),
  ]);
  return eliminate(matrix).map((value, c) => value / scale[c]);
}

/** Gaussian elimination with pivoting, of [matrix | right side]. */
function eliminate(matrix: number[][]): number[] {
  const size = matrix.length;
  for (let column = 0; column < size; column += 1) {
    const below = matrix.slice(column).map((row) => Math.abs(row[column]));
    const pivot = column + below.indexOf(Math.max(...below));
    [matrix[column], matrix[pivot]] = [matrix[pivot], matrix[column]];
    for (let row = 0; row < size; row += 1) {
      if (row === column) continue;
      const factor = matrix[row][column] / matrix[column][column];
      for (let at = column; at <= size; at += 1) matrix[row][at] -= factor * matrix[column][at];
    }
  }
  return matrix.map((row, index) => row[size] / row[index]);
}

/** How much of the variance a fit explains: 1 for all of it. */
export function rSquared(fitted: readonly number[], values: readonly number[]): number {
  const mean = values.reduce((sum, value) => sum + value, 0) / values.length;
  const residual = values.reduce((sum, value, index) => sum + (value - fitted[index]) ** 2, 0);
  const total = values.reduce((sum, value) => sum + (value - mean) ** 2, 0);
  return total === 0 ? 1 : 1 - residual / total;
}
