import { QaError } from '../errors.js';

/** Throws `ERR_CONFIG` where a layer of so many heads, side by side, cannot be as wide. */
export function expectHeads(heads: number, width: number): void {
  if (Number.isInteger(heads) && heads > 0 && width % heads === 0) return;
  throw new QaError(
    `Expected a number of heads that divides the width of ${width}, got ${heads}; give another one, or another width.`,
    'ERR_CONFIG',
  );
}
