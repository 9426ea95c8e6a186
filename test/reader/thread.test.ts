import { execFile } from 'node:child_process';
import { getEventListeners } from 'node:events';
import { promisify } from 'node:util';
import test from 'ava';
import { QaError } from '../../src/errors.js';
import { ReaderThread } from '../../src/reader/thread.js';

/** A thread that gets ready, and on its first message does what `deed` says. */
function startDoing(deed: string): Promise<ReaderThread> {
  const program = `
    import { parentPort } from 'node:worker_threads';
    parentPort.on('message', () => { ${deed} });
    parentPort.postMessage({ type: 'ready' });`;
  return start(program);
}

function start(program: string): Promise<ReaderThread> {
  const url = new URL(`data:text/javascript,${encodeURIComponent(program)}`);
  return ReaderThread.start({ dir: 'none', options: {} }, url);
}

for (const [deed, reason] of [
  ['process.exit(3);', /it ended unexpectedly/],
  ["throw new Error('out of luck');", /out of luck/],
] as const) {
  test(`questions of a thread that dies by ${deed} fail, those that come later too`, async (t) => {
    const thread = await startDoing(deed);
    const asked = Array.from({ length: 100 }, () => thread.ask('Who?', 'Ada.', {}));
    for (const outcome of await Promise.allSettled(asked)) {
      t.like(outcome, { status: 'rejected', reason: { code: 'ERR_READER_THREAD' } });
    }
    await t.throwsAsync(thread.ask('Who?', 'Ada.', {}), { code: 'ERR_READER_THREAD', message: reason });
    t.is(thread.pending, 0);
    await thread.close(new QaError('Nobody hears of this.'));
  });
}

test('a process waits for its thread to end, also where an answer comes after nobody wanted it', async (t) => {
  const program = `
    import { parentPort } from 'node:worker_threads';
    parentPort.on('message', ({ type }) => {
      if (type !== 'close') return;
      parentPort.postMessage({ type: 'done', id: 0, reading: {} });
      setTimeout(() => parentPort.close(), 100);
    });
    parentPort.postMessage({ type: 'ready' });`;
  const main = `
    import { ReaderThread } from ${JSON.stringify(new URL('../../src/reader/thread.js', import.meta.url))};
    const program = new URL(${JSON.stringify(`data:text/javascript,${encodeURIComponent(program)}`)});
    const thread = await ReaderThread.start({ dir: 'none', options: {} }, program);
    const asked = thread.ask('Who?', 'Ada.', {}).catch(() => undefined);
    await thread.close(new Error('enough'));
    await asked;
    process.stdout.write('closed');`;
  const { stdout, stderr } = await promisify(execFile)(process.execPath, ['--input-type=module', '-e', main]);
  t.is(stdout, 'closed', stderr);
});

test('a thread that dies before it is ready cannot be loaded', async (t) => {
  for (const program of ['process.exit(0);', "throw new Error('no luck');"]) {
    await t.throwsAsync(start(program), { code: 'ERR_READER_THREAD' });
  }
});

test('what waits is counted from when it is asked until it is given up or answered', async (t) => {
  const program = `
    import { parentPort } from 'node:worker_threads';
    parentPort.on('message', ({ type, id, context }) => {
      if (type === 'read' && context === 'Ada.') parentPort.postMessage({ type: 'done', id, reading: {} });
      if (type === 'close') parentPort.close();
    });
    parentPort.postMessage({ type: 'ready' });`;
  const thread = await start(program);
  // More than lie with the worker at once, so that some still wait on this side.
  const unwanted = Array.from({ length: 300 }, () => new AbortController());
  const asked = unwanted.map(({ signal }) => thread.ask('Who?', 'Grace.', { signal }));
  asked.push(thread.ask('Who?', 'Ada.', {}));
  t.deepEqual([thread.pending, thread.pendingCharacters], [301, 300 * 6 + 4]);
  for (const controller of unwanted) controller.abort();
  t.deepEqual([thread.pending, thread.pendingCharacters], [1, 4]);
  const outcomes = await Promise.allSettled(asked);
  t.is(outcomes.filter(({ status }) => status === 'rejected').length, 300);
  t.deepEqual([thread.pending, thread.pendingCharacters], [0, 0]);
  await thread.close(new QaError('Nobody hears of this.'));
});

test('what is given up together is given up before anything else is sent', async (t) => {
  const program = `
    import { parentPort } from 'node:worker_threads';
    let reads = 0;
    parentPort.on('message', ({ type, id, context }) => {
      if (type === 'read') reads++;
      if (type === 'read' && context === 'Ada.') parentPort.postMessage({ type: 'done', id, reading: { windows: reads } });
      if (type === 'close') parentPort.close();
    });
    parentPort.postMessage({ type: 'ready' });`;
  const thread = await start(program);
  const [unwanted, others] = [new AbortController(), new AbortController()];
  const asked = Array.from({ length: 400 }, (_, index) =>
    thread.ask('Who?', 'Grace.', { signal: (index < 200 ? unwanted : others).signal }),
  );
  unwanted.abort();
  others.abort();
  const outcomes = await Promise.allSettled(asked);
  t.is(outcomes.filter(({ status }) => status === 'rejected').length, 400);
  // Those that lay with the worker, and this one.
  t.is((await thread.ask('Who?', 'Ada.', {})).windows, 257);
  await thread.close(new QaError('Nobody hears of this.'));
});

test('a signal is listened to once, while it has questions, and they fail with its very reason', async (t) => {
  const thread = await startDoing('parentPort.close();');
  const stop = new AbortController();
  const listeners = () => getEventListeners(stop.signal, 'abort').length;
  const asked = Array.from({ length: 20 }, () => thread.ask('Who?', 'Ada.', { signal: stop.signal }));
  t.is(listeners(), 1);
  const reason = { why: 'enough' };
  stop.abort(reason);
  t.is(listeners(), 0);
  for (const outcome of await Promise.allSettled(asked)) {
    t.true(outcome.status === 'rejected' && outcome.reason === reason);
  }
  await thread.close(new QaError('Nobody hears of this.'));
});
