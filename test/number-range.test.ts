import test from 'ava';
import { UsageError } from '../src/errors.js';
import { expectNumber, seedRange } from '../src/number-range.js';

const rate = { least: 0, most: 1, whole: false };

test('what is in its range passes', (t) => {
  for (const value of [0, 0.25, 1]) {
    t.notThrows(() => {
      expectNumber('--rate', value, rate);
    });
  }
});

for (const [value, range, message] of [
  [2, rate, 'Expected --rate to be a number of 0 to 1, got 2.'],
  ['half', rate, 'Expected --rate to be a number of 0 to 1, got "half".'],
  [undefined, rate, 'Expected --rate to be a number of 0 to 1, got undefined.'],
  [1.5, { least: 1, whole: true }, 'Expected --rate to be a whole number of 1 or more, got 1.5.'],
  [
    2 ** 53,
    { least: 1, whole: true },
    'Expected --rate to be a whole number of 1 or more, got 9007199254740992.',
  ],
  [
    2 ** 53,
    seedRange,
    'Expected --rate to be a whole number of 0 to 9007199254740991, got 9007199254740992.',
  ],
  [-Infinity, { least: -Infinity, whole: false }, 'Expected --rate to be a number, got -Infinity.'],
] as const) {
  test(`otherwise it is wrong usage: ${message}`, (t) => {
    t.throws(
      () => {
        expectNumber('--rate', value, range);
      },
      { instanceOf: UsageError, message },
    );
  });
}
