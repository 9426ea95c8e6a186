import { QaError, excerptOf } from '../errors.js';
import type { ReaderOptions, ReadOptions } from './types.js';

// JavaScript callers have no compiler that would tell them: what they pass is checked before it goes to the thread.

/** What a value has to be. */
interface Kind {
  readonly what: string;
  readonly fits: (value: unknown) => boolean;
}

const text: Kind = { what: 'a string', fits: (value) => typeof value === 'string' };
const flag: Kind = { what: 'true or false', fits: (value) => typeof value === 'boolean' };
const object: Kind = { what: 'an object', fits: (value) => typeof value === 'object' && value !== null };

/** By what it can do: a signal may be another realm's, whose class is not this one's. */
const abortSignal: Kind = {
  what: 'an AbortSignal',
  fits: (value) => object.fits(value) && typeof (value as AbortSignal).throwIfAborted === 'function',
};

function whole(least: number, most = Infinity): Kind {
  return {
    what: `a whole number ${most === Infinity ? `of ${least} or more` : `from ${least} to ${most}`}`,
    fits: (value) => Number.isInteger(value) && (value as number) >= least && (value as number) <= most,
  };
}

const readerKinds: Readonly<Record<keyof ReaderOptions, Kind>> = {
  device: text,
  threads: whole(1),
  batchSize: whole(1),
  maxSeqLength: whole(1),
  docStride: whole(0),
  fast: flag,
  bf16: flag,
};

/** What `topK` may be. */
export const mostAnswers = 1000;

const readKinds: Readonly<Record<keyof ReadOptions | 'signal', Kind>> = {
  topK: whole(1, mostAnswers),
  maxAnswerLength: whole(1),
  nullAnswer: flag,
  scores: flag,
  signal: abortSignal,
};

export function checkLoading(nameOrPath: unknown, options: unknown): void {
  expect('model', nameOrPath, text, 'pass the path of its folder, or its name on the hub');
  expectOptions(options, readerKinds);
}

export function checkRequest(question: unknown, context: unknown, options: unknown): void {
  expect('question', question, text, 'pass its text');
  expect('context', context, text, 'pass its text');
  expectOptions(options, readKinds);
}

function expectOptions(options: unknown, kinds: Readonly<Record<string, Kind>>): void {
  expect('options', options, object, 'leave them out for the usual ones');
  for (const [name, value] of Object.entries(options as object)) {
    const kind = Object.hasOwn(kinds, name) ? kinds[name] : undefined;
    if (kind === undefined)
      throw refuse(`${listed(Object.keys(kinds))} among the options`, name, 'leave it out');
    if (value !== undefined) expect(name, value, kind, 'leave it out for the usual one');
  }
}

function expect(name: string, value: unknown, { what, fits }: Kind, remedy: string): void {
  if (!fits(value)) throw refuse(`${name} to be ${what}`, shown(value), remedy);
}

function refuse(expected: string, came: string, remedy: string): QaError {
  return new QaError(`Expected ${expected}, got ${came}; ${remedy}.`, 'ERR_OPTION');
}

function shown(value: unknown): string {
  if (typeof value === 'string') return JSON.stringify(excerptOf(value));
  if (typeof value === 'function') return 'a function';
  return typeof value === 'object' && value !== null ? 'an object' : String(value);
}

function listed(names: readonly string[]): string {
  return `${names.slice(0, -1).join(', ')} or ${names.at(-1) ?? ''}`;
}
