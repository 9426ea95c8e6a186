import { readFile } from 'node:fs/promises';
import { QaError, messageOf } from '../errors.js';

/** A file of UTF-8, without its byte order mark. Strict: replaced bytes would go unnoticed, and move every offset. */
export async function readUtf8(path: string): Promise<string> {
  return new TextDecoder('utf-8', { fatal: true }).decode(await readFile(path));
}

/** The same, where what it throws is a sentence. */
export async function readText(path: string, what: string, remedy: string): Promise<string> {
  try {
    return await readUtf8(path);
  } catch (error) {
    throw unreadable(path, what, remedy, error);
  }
}

export function unreadable(path: string, what: string, remedy: string, cause: unknown): QaError {
  return new QaError(
    `Expected ${what} at ${path}, but it could not be read (${messageOf(cause)}); ${remedy}.`,
    'ERR_INPUT',
    { cause },
  );
}
