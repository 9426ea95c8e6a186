import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import test from 'ava';
import { textLines } from '../../src/cli/text-lines.js';
import { temporaryFolder } from './run.js';

const folder = temporaryFolder();

async function linesOf(content: string | Buffer) {
  const path = join(folder, 'lines');
  writeFileSync(path, content);
  const lines = [];
  for await (const line of textLines(path, 'lines', 'give others')) lines.push(line);
  return lines;
}

test.serial(
  'lines end at line feeds alone, and keep their numbers where empty ones are left out',
  async (t) => {
    t.deepEqual(await linesOf('\ufeffa\u2028b\r\n\n \nc'), [
      { number: 1, text: 'a\u2028b\r' },
      { number: 4, text: 'c' },
    ]);
    t.deepEqual(await linesOf(''), []);
  },
);

test.serial('lines longer than what is read at a time are whole, and so are characters', async (t) => {
  const long = '😀'.repeat(100_000);
  t.deepEqual(await linesOf(`x${long}\n${long}`), [
    { number: 1, text: `x${long}` },
    { number: 2, text: long },
  ]);
});

for (const [name, bytes] of [
  ['another encoding', Buffer.from('ok\ncaf\u00e9\n', 'latin1')],
  ['a character that is cut', Buffer.from('ok\n😀').subarray(0, 5)],
] as const) {
  test.serial(`${name} is refused`, async (t) => {
    await t.throwsAsync(linesOf(bytes), {
      code: 'ERR_INPUT',
      message: /^Expected lines at .* \(.*utf-8.*; give others\.$/,
    });
  });
}
