/**
 * The one form of every error a user can act on: a sentence that says what was expected, what came, and what to
 * do. The command line prints the message alone; a stack trace is for errors that are ours. The library names options
 * in backticks as programs pass them, in whose place the command line shows its flags.
 */
export class QaError extends Error {
  override readonly name: string = 'QaError';
  /** The process's exit code when the error reaches the command line. */
  readonly exitCode: number = 1;

  constructor(
    message: string,
    /** A stable name for programs, such as `ERR_SQUAD_FORMAT`. */
    readonly code = 'ERR_QA',
    options?: ErrorOptions,
  ) {
    super(message, options);
  }
}

/** A command line or an option value that cannot be meant. */
export class UsageError extends QaError {
  override readonly name = 'UsageError';
  override readonly exitCode = 2;

  constructor(message: string) {
    super(message, 'ERR_USAGE');
  }
}

/**
 * The message of anything that was thrown, as a part of a sentence: on one line, without control characters. JSON's
 * parser quotes what it stumbled on, whatever that is.
 */
export function messageOf(error: unknown): string {
  const message = error instanceof Error ? error.message : String(error);
  return message.replace(/[\s\p{Cc}]+/gu, ' ');
}

/** Characters of a text that a sentence quotes. */
const quoted = 60;

/** A text as a part of a sentence: of a long one its beginning, and a sign that there is more. */
export function excerptOf(text: string): string {
  // Not one half of a surrogate pair.
  return text.length > quoted ? `${text.slice(0, quoted).replace(/[\ud800-\udbff]$/, '')}…` : text;
}

/** Whether what was thrown is an error of this code, as Node's of the system are: `ENOENT`. */
export function hasCode(error: unknown, code: string): boolean {
  return error instanceof Error && 'code' in error && error.code === code;
}
