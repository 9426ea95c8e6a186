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

const request = { question: 'Who?', context: 'Ada.', options: {} };

for (const [deed, reason] of [
  ['process.exit(3);', /it ended unexpectedly/],
  ["throw new Error('out of luck');", /out of luck/],
] as const) {
  test(`questions of a thread that dies by ${deed} fail, those that come later too`, async (t) => {
    const thread = await startDoing(deed);
    const asked = Array.from({ length: 100 }, () => thread.ask(request, undefined));
    for (const outcome of await Promise.allSettled(asked)) {
      t.like(outcome, { status: 'rejected', reason: { code: 'ERR_READER_THREAD' } });
    }
    await t.throwsAsync(thread.ask(request, undefined), { code: 'ERR_READER_THREAD', message: reason });
    t.is(thread.pending, 0);
    await thread.close(new QaError('Nobody hears of this.'));
  });
}

test('a thread that dies before it is ready cannot be loaded', async (t) => {
  for (const program of ['process.exit(0);', "throw new Error('no luck');"]) {
    await t.throwsAsync(start(program), { code: 'ERR_READER_THREAD' });
  }
});
