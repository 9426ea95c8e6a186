import { QaError } from '../errors.js';
import type { ReaderOptions, ReadOptions } from './types.js';

// JavaScript callers have no compiler that would tell them: what they pass is checked before it goes to the thread.

export function checkReaderOptions(options: ReaderOptions): void {
  for (const name of ['threads', 'batchSize', 'maxSeqLength'] as const) checkWhole(name, options[name], 1);
  checkWhole('docStride', options.docStride, 0);
}

export function checkRequest(question: unknown, context: unknown, options: ReadOptions): void {
  checkText('question', question);
  checkText('context', context);
  checkWhole('topK', options.topK, 1);
  checkWhole('maxAnswerLength', options.maxAnswerLength, 1);
}

function checkText(name: string, value: unknown): void {
  if (typeof value === 'string') return;
  throw new QaError(`Expected the ${name} to be a string, got ${shown(value)}; pass its text.`, 'ERR_OPTION');
}

function checkWhole(name: string, value: unknown, least: number): void {
  if (value === undefined || (Number.isInteger(value) && (value as number) >= least)) return;
  throw new QaError(
    `Expected ${name} to be a whole number of ${least} or more, got ${shown(value)}; leave it out for the usual one.`,
    'ERR_OPTION',
  );
}

function shown(value: unknown): string {
  return typeof value === 'number' || value === null ? String(value) : `a ${typeof value}`;
}
