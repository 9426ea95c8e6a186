import { existsSync, readdirSync, readFileSync, statSync, utimesSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import test from 'ava';
import { withLock } from '../../src/formats/lock.js';
import { temporaryFolder } from '../cli/run.js';

const root = temporaryFolder();
const quick = { beat: 20, stale: 2_000 };

/** A lock file that was last touched some time ago, as a killed process leaves it. */
function leaveLock(name: string, secondsAgo: number): string {
  const path = join(root, name);
  writeFileSync(path, 'somebody');
  const then = Date.now() / 1000 - secondsAgo;
  utimesSync(path, then, then);
  return path;
}

test('the lock is there during the work, and gone after it or its failure', async (t) => {
  const path = join(root, 'folder', 'lock');
  const held = await withLock(path, t.fail, () => Promise.resolve(existsSync(path)));
  t.true(held);
  await t.throwsAsync(
    withLock(path, t.fail, () => Promise.reject(new Error('broken'))),
    { message: 'broken' },
  );
  t.deepEqual(readdirSync(join(root, 'folder')), []);
});

test('a held lock is waited for, and the wait is told once', async (t) => {
  const path = join(root, 'held');
  const events: string[] = [];
  const work = (name: string) => async () => {
    events.push(`${name} begins`);
    await sleep(150);
    events.push(`${name} ends`);
  };
  const first = withLock(path, t.fail, work('first'), quick);
  await sleep(50);
  await Promise.all([first, withLock(path, () => events.push('waiting'), work('second'), quick)]);
  t.deepEqual(events, ['first begins', 'waiting', 'first ends', 'second begins', 'second ends']);
});

test('a holder keeps its lock fresh', async (t) => {
  const path = join(root, 'beating');
  await withLock(
    path,
    t.fail,
    async () => {
      utimesSync(path, 0, 0);
      while (statSync(path).mtimeMs === 0) await sleep(10);
    },
    quick,
  );
  t.false(existsSync(path));
});

test('the lock of a killed process is taken over', async (t) => {
  const path = leaveLock('stale', 60);
  let waits = 0;
  const owner = await withLock(
    path,
    () => (waits += 1),
    () => Promise.resolve(readFileSync(path, 'utf8')),
    quick,
  );
  t.not(owner, 'somebody');
  t.is(waits, 1);
  t.false(existsSync(path));
});

test('a lock that was taken over meanwhile is left to its new holder', async (t) => {
  const path = join(root, 'lost');
  await withLock(
    path,
    t.fail,
    () => {
      writeFileSync(path, 'somebody');
      return Promise.resolve();
    },
    quick,
  );
  t.is(readFileSync(path, 'utf8'), 'somebody');
});
