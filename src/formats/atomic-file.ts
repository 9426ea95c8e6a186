import { randomBytes } from 'node:crypto';
import { appendFileSync, rmSync } from 'node:fs';
import { open, readdir, readlink, realpath, rename, rm, stat } from 'node:fs/promises';
import { basename, dirname, join, resolve } from 'node:path';
import { hasCode, QaError, messageOf } from '../errors.js';
import { makeFolder } from './make-folder.js';

/** Files on their way: a process that is ended by a signal takes them away in its last moment. */
const unfinished = new Set<string>();
process.on('exit', () => {
  for (const path of unfinished) rmSync(path, { force: true });
});

type Part = string | Uint8Array;
export type Parts = Part | Iterable<Part> | AsyncIterable<Part>;

/**
 * Writes a file whole or not at all: beside its place, synced, then renamed over it. Whatever goes wrong (a full
 * disk, no permission, a kill), the file that was there before is still whole. Makes the folder where it is missing.
 * A symbolic link stays, and what it leads to is written; a file keeps who may read it. What is no file is written to as it is, and so is what is open
 * already, such as `/dev/stdout`: from where it stands, as what is printed goes on there.
 * @param parts one after the other; where making them fails with a sentence of its own, that is thrown
 */
export function writeFileAtomic(path: string, parts: Parts): Promise<void> {
  return writeFilesAtomic([[path, parts]]);
}

/** The same for files that belong together: none takes its place before all are written. */
export async function writeFilesAtomic(
  files: readonly (readonly [path: string, parts: Parts])[],
): Promise<void> {
  const written: Written[] = [];
  try {
    for (const [path, parts] of files) {
      await orWriteError(path, async () => void written.push(await writeBeside(path, parts)));
    }
    for (const { path, put } of written) await orWriteError(path, put);
  } finally {
    for (const { temporary } of written) if (temporary !== undefined) await remove(temporary);
  }
}

/** A file on its way. */
interface Written {
  readonly path: string;
  /** Where it is until it is `put`; nowhere yet, where it cannot be beside its place. */
  readonly temporary?: string;
  readonly put: () => Promise<void>;
}

async function writeBeside(path: string, parts: Parts): Promise<Written> {
  const target = await whereTo(path);
  if (target === undefined) return { path, put: () => write(path, 'a', parts) };
  if (typeof target === 'number') {
    const put = async () => {
      for await (const part of each(parts)) appendFileSync(target, part);
    };
    return { path, put };
  }
  await makeFolder(dirname(target));
  const temporary = `${target}.${randomBytes(6).toString('hex')}.tmp`;
  unfinished.add(temporary);
  try {
    await write(temporary, 'wx', parts, (await unlessMissing(stat(target)))?.mode);
  } catch (error) {
    await remove(temporary);
    throw error;
  }
  return { path, temporary, put: () => rename(temporary, target) };
}

async function remove(temporary: string): Promise<void> {
  // Where even this fails there is nothing to take away, and the first error is the one to tell.
  await rm(temporary, { force: true }).catch(() => undefined);
  unfinished.delete(temporary);
}

async function orWriteError(path: string, work: () => Promise<void>): Promise<void> {
  try {
    await work();
  } catch (error) {
    if (error instanceof QaError) throw error;
    throw new QaError(
      `Expected to write ${path}, but that failed (${messageOf(error)}) and left what was there before; ` +
        remedyFor(error),
      'ERR_WRITE',
      { cause: error },
    );
  }
}

function remedyFor(error: unknown): string {
  return hasCode(error, 'EISDIR')
    ? 'name a file, not a folder.'
    : 'free some space or give a folder that you may write to.';
}

/** Removes what killed processes left of files on their way, in a folder that nobody else writes into. */
export async function removeTemporaries(folder: string): Promise<void> {
  for (const name of await readdir(folder)) {
    if (/\.[0-9a-f]{12}\.tmp$/.test(name)) await rm(join(folder, name), { force: true });
  }
}

/**
 * The place that a new file is renamed to, at the end of all symbolic links. A number for a file that this process has
 * open, as the shell does with `> answers.jsonl`: a rename would leave it without its name. Undefined for a device, a
 * pipe, and what another process has open.
 */
async function whereTo(path: string): Promise<string | number | undefined> {
  const there = await unlessMissing(stat(path));
  if (there !== undefined && !there.isFile() && !there.isDirectory()) return undefined;
  const folder = await unlessMissing(realpath(dirname(path)));
  if (folder === undefined) return path;
  const isOwn = folder === `/proc/${process.pid}/fd` || folder === '/dev/fd';
  if (isOwn && /^\d+$/.test(basename(path))) return Number(basename(path));
  if (folder.startsWith('/proc/')) return undefined;
  const link = await readlink(path).catch(() => undefined);
  return link === undefined ? path : whereTo(resolve(folder, link));
}

async function unlessMissing<T>(what: Promise<T>): Promise<T | undefined> {
  return what.catch((error: unknown) => {
    if (hasCode(error, 'ENOENT')) return undefined;
    throw error;
  });
}

function each(parts: Parts): Iterable<Part> | AsyncIterable<Part> {
  return typeof parts === 'string' || parts instanceof Uint8Array ? [parts] : parts;
}

/** @param mode of the file whose place a new one takes */
async function write(path: string, flags: 'a' | 'wx', parts: Parts, mode?: number): Promise<void> {
  const file = await open(path, flags, mode);
  try {
    // What the process masks of new files the one before may have had.
    if (mode !== undefined && (await file.stat()).mode !== mode) await file.chmod(mode);
    for await (const part of each(parts)) await file.appendFile(part);
    // What was there before is renamed over only by what is safe on the disk.
    if (flags === 'wx') await file.sync();
  } finally {
    await file.close();
  }
}

/** JSON with two spaces and a line's end, for people who open it. */
export function jsonText(value: unknown): string {
  return `${JSON.stringify(value, null, 2)}\n`;
}

export function writeJsonAtomic(path: string, value: unknown): Promise<void> {
  return writeFileAtomic(path, jsonText(value));
}
