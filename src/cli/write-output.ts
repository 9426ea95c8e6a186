import { fstatSync, statSync, type Stats } from 'node:fs';
import { hasCode, QaError, UsageError } from '../errors.js';
import { writeFileAtomic, type Parts } from '../formats/atomic-file.js';
import { leavable } from './interrupt.js';

/**
 * Writes what a command makes to its `--output`. Where nobody reads it any more, as with `--output /dev/stdout | head`, the
 * rest is not missed.
 */
export async function writeOutput(path: string, parts: Parts): Promise<void> {
  try {
    await leavable(`ended; ${path} is as it was before.`, () => writeFileAtomic(path, parts));
  } catch (error) {
    if (!isUnread(error)) throw error;
  }
}

function isUnread(error: unknown): boolean {
  return error instanceof QaError && hasCode(error.cause, 'EPIPE');
}

/** Throws wrong usage where a command would write over what it reads. */
export function expectOther(output: string, flag: string, input: string): void {
  const [to, from] = [output, input].map(statOf);
  if (to === undefined || !to.isFile() || !isSame(to, from)) return;
  throw new UsageError(
    `Expected another file for --output than for ${flag}, got ${input} twice; name a new one.`,
  );
}

/** Of what cannot be looked at, none: what is wrong with it is told when it is read or written. */
function statOf(path: string): Stats | undefined {
  try {
    return statSync(path);
  } catch {
    return undefined;
  }
}

function isSame(one: Stats | undefined, other: Stats | undefined): boolean {
  return one?.dev === other?.dev && one?.ino === other?.ino;
}

/** Says what was written; beside an `--output` that is standard output itself, on stderr. */
export function sayWritten(path: string, text: string): void {
  const isOwn = isSame(statOf(path), fstatSync(process.stdout.fd));
  (isOwn ? process.stderr : process.stdout).write(`${text}\n`);
}
