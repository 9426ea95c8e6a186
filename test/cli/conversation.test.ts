import { once } from 'node:events';
import { PassThrough } from 'node:stream';
import { setImmediate as nextTurn } from 'node:timers/promises';
import test from 'ava';
import { converse } from '../../src/cli/conversation.js';

/** Streams that look like a terminal; what is written to it is collected. */
function terminal() {
  const [input, output] = [new PassThrough(), new PassThrough()];
  const shown: string[] = [];
  output.on('data', (chunk: Buffer) => shown.push(chunk.toString()));
  const streams = [input, output].map((stream) => Object.assign(stream, { isTTY: true }));
  const [stdin, stdout] = streams as unknown as [NodeJS.Process['stdin'], NodeJS.Process['stdout']];
  return { input, shown, streams: { stdin, stdout } };
}

const prompts = (shown: readonly string[]) => shown.join('').split('? ').length - 1;

for (const [key, name] of [
  ['\u0004', 'Ctrl-D'],
  ['\r', 'an empty line'],
] as const) {
  for (const when of ['while an answer is computed', 'at the prompt']) {
    test(`${name} ${when} ends the conversation, and nothing listens any more`, async (t) => {
      const { input, shown, streams } = terminal();
      const asked: string[] = [];
      input.write('Who?\r');
      await converse(async (question) => {
        asked.push(question);
        if (when === 'at the prompt') setImmediate(() => input.write(key));
        else input.write(key);
        await nextTurn();
      }, streams);
      t.deepEqual(asked, ['Who?']);
      t.true(input.isPaused());
      t.true(prompts(shown) <= 2);
      // What the shell writes next begins on a line of its own.
      t.regex(shown.join(''), /\n$/);
    });
  }
}

test('Ctrl-C gives up the question that is being answered, and those that wait', async (t) => {
  const { input, shown, streams } = terminal();
  const asked: string[] = [];
  input.write('Who?\rWhen?\r');
  await converse(async (question, signal) => {
    asked.push(question);
    setImmediate(() => input.write('\u0003'));
    await once(signal, 'abort');
    signal.throwIfAborted();
  }, streams);
  t.deepEqual(asked, ['Who?']);
  t.true(input.isPaused());
  t.regex(shown.join(''), /\n$/);
});
