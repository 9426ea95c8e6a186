import { fstatSync, statSync } from 'node:fs';
import { QaError } from '../errors.js';
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
  const cause = error instanceof QaError ? error.cause : undefined;
  return cause instanceof Error && 'code' in cause && cause.code === 'EPIPE';
}

/** Says what was written; beside an `--output` that is standard output itself, on stderr. */
export function sayWritten(path: string, text: string): void {
  const [there, own] = [statSync(path, { throwIfNoEntry: false }), fstatSync(process.stdout.fd)];
  const isOwn = there?.dev === own.dev && there.ino === own.ino;
  (isOwn ? process.stderr : process.stdout).write(`${text}\n`);
}
