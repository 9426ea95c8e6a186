import { randomBytes } from 'node:crypto';
import { rmSync } from 'node:fs';
import { open, rename, rm, stat } from 'node:fs/promises';
import { dirname } from 'node:path';
import { QaError, messageOf } from '../errors.js';
import { makeFolder } from './make-folder.js';

/** Files on their way: a process that is ended by a signal takes them away in its last moment. */
const unfinished = new Set<string>();
process.on('exit', () => {
  for (const path of unfinished) rmSync(path, { force: true });
});

type Part = string | Uint8Array;
type Parts = Part | Iterable<Part> | AsyncIterable<Part>;

/**
 * Writes a file whole or not at all: beside its place, synced, then renamed over it. Whatever goes wrong (a full
 * disk, no permission, a kill), the file that was there before is still whole. Makes the folder where it is missing.
 * What is no file, such as `/dev/stdout`, is written to as it is.
 * @param parts one after the other; where making them fails with a sentence of its own, that is thrown
 */
export async function writeFileAtomic(path: string, parts: Parts): Promise<void> {
  const temporary = `${path}.${randomBytes(6).toString('hex')}.tmp`;
  try {
    if (await isDevice(path)) {
      await write(path, 'w', parts);
      return;
    }
    await makeFolder(dirname(path));
    unfinished.add(temporary);
    await write(temporary, 'wx', parts);
    await rename(temporary, path);
  } catch (error) {
    // Where even this fails there is nothing to take away, and the first error is the one to tell.
    await rm(temporary, { force: true }).catch(() => undefined);
    if (error instanceof QaError) throw error;
    throw new QaError(
      `Expected to write ${path}, but that failed (${messageOf(error)}) and left what was there before; ` +
        'free some space or give a folder that you may write to.',
      'ERR_WRITE',
      { cause: error },
    );
  } finally {
    unfinished.delete(temporary);
  }
}

/** Whether something other than a file is there: a rename over a device or a pipe would take it away. */
async function isDevice(path: string): Promise<boolean> {
  const there = await stat(path).catch(() => undefined);
  return there !== undefined && !there.isFile() && !there.isDirectory();
}

async function write(path: string, flags: 'w' | 'wx', parts: Parts): Promise<void> {
  const file = await open(path, flags);
  try {
    for await (const part of typeof parts === 'string' || parts instanceof Uint8Array ? [parts] : parts) {
      await file.appendFile(part);
    }
    // What was there before is renamed over only by what is safe on the disk.
    if (flags === 'wx') await file.sync();
  } finally {
    await file.close();
  }
}

/** JSON with two spaces and a line's end, for people who open it. */
export function writeJsonAtomic(path: string, value: unknown): Promise<void> {
  return writeFileAtomic(path, `${JSON.stringify(value, null, 2)}\n`);
}
