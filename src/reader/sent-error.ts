import { QaError, UsageError, messageOf } from '../errors.js';

/** An error on its way between threads, where a class and its own fields are lost. */
export interface SentError {
  readonly message: string;
  readonly code: string;
  readonly isUsage: boolean;
  /** The stack of an error that is ours, to be found in `cause`. */
  readonly stack?: string;
}

export function packError(error: unknown): SentError {
  const message = messageOf(error);
  if (error instanceof QaError) return { message, code: error.code, isUsage: error instanceof UsageError };
  const code = error instanceof Error && 'code' in error ? String(error.code) : 'ERR_READER';
  const stack = error instanceof Error ? error.stack : undefined;
  return { message, code, isUsage: false, ...(stack === undefined ? {} : { stack }) };
}

export function unpackError({ message, code, isUsage, stack }: SentError): QaError {
  if (isUsage) return new UsageError(message);
  return new QaError(message, code, stack === undefined ? {} : { cause: stack });
}
