import { execFile } from 'node:child_process';
import { readFileSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { promisify } from 'node:util';
import test from 'ava';
import { Reader } from '../../src/reader/reader.js';
import { temporaryFolder } from '../cli/run.js';
import { writeTinyModel } from './tiny-model.js';

// Questions that are given up, and a reader's end.

const tiny = join(temporaryFolder(), 'tiny');
const question = 'Who founded Oakford?';
/** Of several windows. */
const context = 'Oakford was founded in 1512 by Ada Holmson. '.repeat(20);

test.before(async () => {
  await writeTinyModel(tiny);
});

/** Why a promise was rejected; nothing where it was not. */
function reasonOf(outcome: PromiseSettledResult<unknown>): string {
  return outcome.status === 'rejected' && outcome.reason instanceof Error ? outcome.reason.message : '';
}

test('an aborted question is given up: before it was asked, in the queue, and while it is computed', async (t) => {
  await using reader = await Reader.load(tiny, { batchSize: 1 });
  const aborted = AbortSignal.abort(new Error('too late'));
  await t.throwsAsync(reader.answer(question, context, { signal: aborted }), { message: 'too late' });
  const controllers = Array.from({ length: 100 }, () => new AbortController());
  const answers = controllers.map(({ signal }) => reader.answer(question, context, { signal }));
  const others = reader.answer(question, context);
  for (const controller of controllers) controller.abort(new Error('enough'));
  for (const outcome of await Promise.allSettled(answers)) t.is(reasonOf(outcome), 'enough');
  t.is((await others).text.length > 0, true);
  t.is(reader.pending, 0);
});

test('a disposed reader answers no more; what waited is told so', async (t) => {
  const reader = await Reader.load(tiny);
  const waiting = Array.from({ length: 24 }, () => reader.answer(question, context));
  const [outcomes] = await Promise.all([Promise.allSettled(waiting), reader.dispose(), reader.dispose()]);
  for (const outcome of outcomes) t.regex(reasonOf(outcome), /it was disposed/);
  await t.throwsAsync(reader.answer('who?', 'Ada.'), { code: 'ERR_READER_DISPOSED' });
  await reader.dispose();
});

test('a process that exits while its reader computes ends as it was told to', async (t) => {
  const library = JSON.stringify(new URL('../../src/reader/reader.js', import.meta.url));
  const exitAfter = (milliseconds: number) => `
    import { Reader } from ${library};
    const reader = await Reader.load(${JSON.stringify(tiny)});
    const asked = ${JSON.stringify(context)}.repeat(20);
    for (let count = 0; count < 20; count++) reader.answer('Who?', asked).catch(() => undefined);
    // The first answer comes while the others are being computed.
    await reader.answer('Who?', 'Ada.');
    setTimeout(() => process.exit(7), ${milliseconds});`;
  for (const milliseconds of [0, 5, 20, 50]) {
    const ended = promisify(execFile)(process.execPath, [
      '--input-type=module',
      '-e',
      exitAfter(milliseconds),
    ]);
    const { code, stderr } = await t.throwsAsync<Error & { code: unknown; stderr: string }>(ended);
    t.deepEqual({ code, stderr }, { code: 7, stderr: '' });
  }
});

/** The niceness of every thread of this process, by its id; proc_pid_stat(5) has it as field 19. */
function threadNiceness(): Map<number, number> {
  return new Map(
    readdirSync('/proc/self/task').map((id) => {
      const stat = readFileSync(`/proc/self/task/${id}/stat`, 'utf8');
      // Fields are counted from after the name, which may have spaces: that ends field 2.
      return [Number(id), Number(stat.slice(stat.lastIndexOf(')') + 2).split(' ')[19 - 3])];
    }),
  );
}

const onLinux = process.platform === 'linux' ? test.serial : test.serial.skip;
onLinux('the thread that computes gives way to the event loop', async (t) => {
  const before = threadNiceness();
  const reader = await Reader.load(tiny);
  await reader.answer('Who?', 'Ada Holmson founded Oakford.');
  const started = [...threadNiceness()].filter(([id]) => !before.has(id));
  t.true(started.some(([, nice]) => nice === 10));
  t.is(threadNiceness().get(process.pid), before.get(process.pid));
  await reader.dispose();
});
