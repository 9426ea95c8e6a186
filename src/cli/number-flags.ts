import type { Options } from 'yargs';

/** A flag with a number. To yargs's parser it is a string: what it makes of numbers itself hides what was typed (`NaN`). */
export const numberFlag = {
  type: 'number',
  string: true,
  coerce: (value: unknown) =>
    typeof value === 'string' && value.trim() !== '' && !Number.isNaN(Number(value)) ? Number(value) : value,
  requiresArg: true,
} as const satisfies Options;
