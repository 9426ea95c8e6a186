import { UsageError } from './errors.js';

/** The numbers that make sense for an option or a flag. */
export interface NumberRange {
  readonly least: number;
  /** Whether only what is greater than `least` does. */
  readonly above?: boolean;
  readonly most?: number;
  readonly whole: boolean;
}

/** Throws wrong usage where the value of what bears the name is not a finite number of that range. */
export function expectNumber(
  name: string,
  value: unknown,
  { least, above = false, most = Infinity, whole }: NumberRange,
): asserts value is number {
  const isEnough = (number: number) => (above ? number > least : number >= least);
  const fits = typeof value === 'number' && Number.isFinite(value) && isEnough(value) && value <= most;
  // Beyond safe integers the number is not the one that was typed.
  if (fits && (!whole || Number.isSafeInteger(value))) return;
  const upTo = most === Infinity ? ' or more' : ` to ${most}`;
  const bound = least === -Infinity ? '' : above ? ` above ${least}` : ` of ${least}${upTo}`;
  const came = typeof value === 'string' ? JSON.stringify(value) : String(value);
  throw new UsageError(`Expected ${name} to be a ${whole ? 'whole ' : ''}number${bound}, got ${came}.`);
}

/** Of a count of things. */
export const atLeastOne: NumberRange = { least: 1, whole: true };

/** Of a seed of random numbers. */
export const seedRange: NumberRange = { least: 0, most: Number.MAX_SAFE_INTEGER, whole: true };
