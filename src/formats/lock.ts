import { randomUUID } from 'node:crypto';
import { readFileSync, rmSync, statSync, utimesSync } from 'node:fs';
import { writeFile } from 'node:fs/promises';
import { dirname } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { hasCode } from '../errors.js';
import { makeFolder } from './make-folder.js';

interface LockTimes {
  /** Milliseconds between two signs of life of the holder. */
  readonly beat: number;
  /** Milliseconds without one after which the holder is taken for dead. */
  readonly stale: number;
}

/**
 * Runs `work` while no other process does the same. The holder touches its lock file all along; one that was killed
 * stops, and its lock is taken over. (A process id would not do: containers that share a folder number their own.)
 */
export async function withLock<T>(
  path: string,
  onWait: () => void,
  work: () => Promise<T>,
  { beat, stale }: LockTimes = { beat: 1_000, stale: 10_000 },
): Promise<T> {
  const owner = randomUUID();
  await makeFolder(dirname(path));
  for (let waited = false; !(await take(path, owner, stale)); waited = true) {
    if (!waited) onWait();
    await sleep(Math.min(beat, 500));
  }
  const alive = setInterval(() => {
    try {
      if (isOwnedBy(path, owner)) utimesSync(path, new Date(), new Date());
    } catch {
      // Gone in that moment: somebody removed it, and whoever takes it then has it.
    }
  }, beat);
  try {
    return await work();
  } finally {
    clearInterval(alive);
    if (isOwnedBy(path, owner)) rmSync(path, { force: true });
  }
}

async function take(path: string, owner: string, stale: number): Promise<boolean> {
  try {
    await writeFile(path, owner, { flag: 'wx' });
    return true;
  } catch (error) {
    if (!hasCode(error, 'EEXIST')) throw error;
    const touched = statSync(path, { throwIfNoEntry: false })?.mtimeMs;
    if (touched !== undefined && Date.now() - touched > stale) rmSync(path, { force: true });
    return false;
  }
}

function isOwnedBy(path: string, owner: string): boolean {
  try {
    return readFileSync(path, 'utf8') === owner;
  } catch {
    // Gone: somebody removed it, and it is nobody's.
    return false;
  }
}
