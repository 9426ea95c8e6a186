import { existsSync, readFileSync, readdirSync, renameSync, rmSync, rmdirSync, writeFileSync } from 'node:fs';
import { hostname } from 'node:os';
import { dirname, join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { QaError, hasCode, messageOf } from '../errors.js';
import { makeFolder } from '../formats/make-folder.js';

const lockFile = '.running.json';

/** Milliseconds in which a lock is written to its end, unless its process was killed. */
const writing = 200;

/** A process: ids are given again, but not with the same beginning. */
interface Holder {
  readonly host: string;
  readonly pid: number;
  /** Where the system tells it; else empty. */
  readonly began: string;
}

/**
 * Runs `work`, which writes into a run's folder, while no other process of this machine does. A killed one's lock counts
 * no more. (A step may take longer than a sign of life would be waited for: `withLock` would take such a run for dead.)
 * @throws QaError `ERR_RUNNING` where another process writes there
 */
export async function whileAlone<T>(folder: string, work: () => Promise<T>): Promise<T> {
  const path = join(folder, lockFile);
  const made = missing(folder);
  await take(path, folder);
  const release = () => {
    rmSync(path, { force: true });
    removeEmpty(made);
  };
  // A signal may end the process in the middle of the work.
  process.on('exit', release);
  try {
    return await work();
  } finally {
    process.off('exit', release);
    release();
  }
}

/** Throws as `whileAlone` would now. */
export function expectFree(folder: string): void {
  const holder = holderOf(readLock(join(folder, lockFile)));
  if (holder !== undefined && isAlive(holder, ownHolder())) throw taken(folder, holder);
}

function ownHolder(): Holder {
  return { host: hostname(), pid: process.pid, began: beganAt(process.pid) ?? '' };
}

/** A folder and those above it that are not there. */
function missing(folder: string): string[] {
  return existsSync(folder) ? [] : [folder, ...missing(dirname(folder))];
}

/** Removes folders, each in the next one, until one is not empty: what was refused leaves none. */
function removeEmpty(folders: readonly string[]): void {
  for (const folder of folders) {
    if (!existsSync(folder) || readdirSync(folder).length > 0) return;
    rmdirSync(folder);
  }
}

async function take(path: string, folder: string): Promise<void> {
  const self = ownHolder();
  const before = await readWritten(path);
  const holder = holderOf(before);
  if (holder !== undefined && isAlive(holder, self)) throw taken(folder, holder);
  try {
    await makeFolder(folder);
    if (before !== undefined) removeDead(path, before);
    writeFileSync(path, JSON.stringify(self), { flag: 'wx' });
  } catch (error) {
    // Two that begin in the same moment.
    if (hasCode(error, 'EEXIST')) throw taken(folder, holderOf(readLock(path)));
    throw new QaError(
      `Expected to write into ${folder}, but that failed (${messageOf(error)}); give an --output-dir that you may write to.`,
      'ERR_WRITE',
      { cause: error },
    );
  }
}

/** A lock, which another process may be about to write. */
async function readWritten(path: string): Promise<string | undefined> {
  const lock = readLock(path);
  if (lock === undefined || holderOf(lock) !== undefined) return lock;
  await sleep(writing);
  return readLock(path);
}

/** Takes away a dead process's lock, and no other: one that was quicker may have its own there by now. */
function removeDead(path: string, lock: string): void {
  const aside = `${path}.${process.pid}`;
  try {
    renameSync(path, aside);
  } catch (error) {
    if (hasCode(error, 'ENOENT')) return;
    throw error;
  }
  if (readLock(aside) === lock) rmSync(aside);
  else renameSync(aside, path);
}

function taken(folder: string, holder: Holder | undefined): QaError {
  return new QaError(
    `Expected to train in ${folder} alone, but ${holder === undefined ? 'another process' : `process ${holder.pid}`} does so already; ` +
      'wait for its end, or give another --output-dir.',
    'ERR_RUNNING',
  );
}

function readLock(path: string): string | undefined {
  try {
    return readFileSync(path, 'utf8');
  } catch {
    return undefined;
  }
}

/** Undefined where there is no lock, and for one that was not written to its end. */
function holderOf(lock: string | undefined): Holder | undefined {
  try {
    return lock === undefined ? undefined : (JSON.parse(lock) as Holder);
  } catch {
    return undefined;
  }
}

/** Whether a process goes on. Of another machine nobody can tell: its lock does not count. */
function isAlive({ host, pid, began }: Holder, self: Holder): boolean {
  return host === self.host && pid !== self.pid && beganAt(pid) === began;
}

/** When a process began, by Linux's count, or an empty text; undefined where there is none. */
function beganAt(pid: number): string | undefined {
  try {
    if (process.platform !== 'linux') return process.kill(pid, 0) ? '' : undefined;
    // The command before it, in parentheses, may hold anything.
    const [state, ...rest] = readFileSync(`/proc/${pid}/stat`, 'utf8').split(') ').at(-1)?.split(' ') ?? [];
    // One that ended stays there until somebody asks how.
    return state === 'Z' || state === 'X' ? undefined : rest[18];
  } catch {
    return undefined;
  }
}
