import { existsSync, readFileSync, readdirSync, rmSync, rmdirSync } from 'node:fs';
import { writeFile } from 'node:fs/promises';
import { hostname } from 'node:os';
import { dirname, join } from 'node:path';
import { QaError, messageOf } from '../errors.js';
import { makeFolder } from '../formats/make-folder.js';

const lockFile = '.running.json';

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
  const holder = readHolder(join(folder, lockFile));
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
  expectFree(folder);
  try {
    rmSync(path, { force: true });
    await makeFolder(folder);
    await writeFile(path, JSON.stringify(ownHolder()), { flag: 'wx' });
  } catch (error) {
    // Two that begin in the same moment.
    if ((error as NodeJS.ErrnoException).code === 'EEXIST') throw taken(folder, readHolder(path));
    throw new QaError(
      `Expected to write into ${folder}, but that failed (${messageOf(error)}); give an --output-dir that you may write to.`,
      'ERR_WRITE',
      { cause: error },
    );
  }
}

function taken(folder: string, holder: Holder | undefined): QaError {
  return new QaError(
    `Expected to train in ${folder} alone, but ${holder === undefined ? 'another process' : `process ${holder.pid}`} does so already; ` +
      'wait for its end, or give another --output-dir.',
    'ERR_RUNNING',
  );
}

/** Undefined where there is none, and for one that was not written to its end. */
function readHolder(path: string): Holder | undefined {
  try {
    return JSON.parse(readFileSync(path, 'utf8')) as Holder;
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
