import { number } from '../counts.js';

type Course = (n: number) => number;

/** The whole numbers from 1 to `most` at which the order of two functions turns. */
export function crossingsOf(one: Course, other: Course, most: number): number[] {
  const found: number[] = [];
  let before = 0;
  for (let n = 1; n <= most; n += 1) {
    const order = Math.sign(one(n) - other(n));
    if (order === 0) continue;
    if (before !== 0 && order !== before) found.push(n);
    before = order;
  }
  return found;
}

/** The sentence on where two curves up to `most` cross, and which is the faster where. */
export function tellCrossings(
  crossings: readonly number[],
  most: number,
  faster: (n: number) => string,
): string {
  if (crossings.length === 0) return `Up to ${number(most)} positions the two fitted curves do not cross.`;
  const [first] = crossings;
  const below = `the ${faster(first - 1)} is faster below`;
  const above = crossings.map((n, index) => {
    const next = crossings.at(index + 1);
    return `the ${faster(n)} ${next === undefined ? 'above' : `up to ${number(next)}`}`;
  });
  const at = crossings.map(number).join(' and ');
  return `The fitted curves cross at ${at} positions: ${[below, ...above].join(', ')}.`;
}
