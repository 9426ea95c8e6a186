import test from 'ava';
import { fitNonNegative, rSquared } from '../../src/reproduce/fit.js';

const d = 768;
const lengths = [32, 64, 128, 192, 256, 384, 512, 768];
const terms = lengths.map((n) => [1, n * d * d, n * n * d]);
// 0.05 + 2e-9 n d² + 1.5e-9 n² d with noise of 0.01, from numpy.random.default_rng(5).
const values = [0.080909, 0.116972, 0.217386, 0.323164, 0.438848, 0.673951, 0.950443, 1.627599];

test("a fit has the coefficients and the R² of numpy's lstsq", (t) => {
  const expected = [0.03904127108989136, 2.129514132334841e-9, 1.3710606098366428e-9];
  const coefficients = fitNonNegative(terms, values);
  for (const [index, value] of expected.entries()) t.true(Math.abs(coefficients[index] / value - 1) < 1e-9);
  const fitted = terms.map((row) => row.reduce((sum, term, index) => sum + term * coefficients[index], 0));
  t.true(Math.abs(rSquared(fitted, values) - 0.9998832680565387) < 1e-12);
});

test('a term that would take time off is left out', (t) => {
  // The square bends down: without it the line is fitted alone.
  const bent = lengths.map((n) => 1 + n - 0.0005 * n * n);
  const [constant, linear, square] = fitNonNegative(
    lengths.map((n) => [1, n, n * n]),
    bent,
  );
  t.is(square, 0);
  t.true(constant > 0 && linear > 0);
});

test('too few values to decide the coefficients are an error', (t) => {
  t.throws(() => fitNonNegative(terms.slice(0, 2), values.slice(0, 2)), {
    instanceOf: RangeError,
    message: /decide 3 coefficients, got 2/,
  });
});
