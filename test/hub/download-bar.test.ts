import { setTimeout as sleep } from 'node:timers/promises';
import test from 'ava';
import { DownloadBar } from '../../src/hub/download-bar.js';

const mebibyte = 2 ** 20;

/** Feeds a bar 200 pieces of one MiB and gives what it told and drew. */
function feed(total: number, isTTY: boolean) {
  const said: string[] = [];
  const drawn: string[] = [];
  const terminal = { isTTY, write: (text: string) => drawn.push(text) };
  const bar = new DownloadBar(total, (text) => said.push(text), 0, terminal);
  for (let piece = 0; piece < 200; piece += 1) bar.add(mebibyte);
  bar.finish();
  return { said, drawn };
}

test('a log is told every tenth', (t) => {
  const { said, drawn } = feed(200 * mebibyte, false);
  t.is(said.length, 10);
  t.is(said[0], '  10 % (20 of 200 MiB)');
  t.is(said[9], '  100 % (200 of 200 MiB)');
  t.deepEqual(drawn, []);
});

test('a terminal shows a bar that grows and is taken away', (t) => {
  const { said, drawn } = feed(200 * mebibyte, true);
  t.deepEqual(said, []);
  t.is(drawn.length, 101);
  t.regex(drawn[49] ?? '', /█{12}░{12} 100 of 200 MiB/);
  t.is(drawn.at(-1), '\r\u001b[K');
});

test('without a length, or of little, nothing is told', (t) => {
  for (const total of [0, mebibyte - 1]) t.deepEqual(feed(total, false), { said: [], drawn: [] });
});

test('a download that goes on is as far as it was', (t) => {
  const said: string[] = [];
  const bar = new DownloadBar(10 * mebibyte, (text) => said.push(text), 5 * mebibyte, { write: t.fail });
  bar.add(mebibyte);
  t.deepEqual(said, ['  60 % (6 of 10 MiB)']);
});

test('its rate is of what came since, not of what came before', async (t) => {
  const drawn: string[] = [];
  const terminal = { isTTY: true, write: (text: string) => drawn.push(text) };
  const bar = new DownloadBar(2000 * mebibyte, t.fail, 1900 * mebibyte, terminal);
  const began = performance.now();
  await sleep(50);
  bar.add(mebibyte);
  const rate = Number(/([\d.]+) MiB\/s$/.exec(drawn[0] ?? '')?.[1]);
  // One MiB in the time between; all that is there would be two thousand times as many.
  t.true(rate > 0 && rate <= 1.1 / 0.05, `${rate} after ${performance.now() - began} ms`);
});
