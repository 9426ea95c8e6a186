import test from 'ava';
import { formatDuration, formatRate, Progress } from '../../src/cli/progress.js';

/** A progress of 100 steps, 20 of them done before, with a clock of its own, in seconds. */
function fake(isTTY: boolean, columns = 200) {
  const written: string[] = [];
  const clock = { seconds: 0 };
  const stream = {
    isTTY,
    columns,
    write: (text: string) => {
      written.push(text);
      return true;
    },
  };
  const output = { stream, now: () => clock.seconds * 1000 };
  return { progress: new Progress('train', 100, 'step', 20, output), clock, written };
}

test('a terminal gets a bar with the rate, the time left and the note', (t) => {
  const { progress, clock, written } = fake(true);
  clock.seconds = 10;
  progress.update(40, 'loss 1.250  epoch 0.50');
  t.deepEqual(written, [
    '\r\u001b[Ktrain ██████████░░░░░░░░░░░░░░ 40/100  2.0 steps/s  30 s left  loss 1.250  epoch 0.50',
  ]);
  // Not drawn again in the same moment, but at the end.
  progress.update(41);
  t.is(written.length, 1);
  progress.update(100);
  t.is(written.length, 2);
  progress.clear();
  t.is(written.at(-1), '\r\u001b[K');
});

test('on a narrow terminal the bar makes room for the numbers, and the last ones are left out whole', (t) => {
  const lines = [80, 64, 50, 40, 5].map((columns) => {
    const { progress, clock, written } = fake(true, columns);
    clock.seconds = 10;
    progress.update(40, 'loss 1.250  epoch 0.50');
    return written[0]?.replace('\r\u001b[K', '');
  });
  t.deepEqual(lines, [
    'train ███████░░░░░░░░░░░ 40/100  2.0 steps/s  30 s left  loss 1.250  epoch 0.50',
    'train 40/100  2.0 steps/s  30 s left  loss 1.250  epoch 0.50',
    'train 40/100  2.0 steps/s  30 s left  loss 1.250',
    'train 40/100  2.0 steps/s  30 s left',
    'trai',
  ]);
});

test('a pipe gets a plain line from time to time', (t) => {
  const { progress, clock, written } = fake(false);
  for (let step = 21; step <= 100; step += 1) {
    clock.seconds += 1;
    progress.update(step, 'loss 2.000');
  }
  progress.clear();
  t.deepEqual(written, [
    'train 50/100  1.0 steps/s  50 s left  loss 2.000\n',
    'train 80/100  1.0 steps/s  20 s left  loss 2.000\n',
  ]);
});

test('the rate is that of the last minute: a halt is soon forgotten', (t) => {
  const { progress, clock, written } = fake(false);
  for (let step = 21; step <= 100; step += 1) {
    clock.seconds += step === 30 ? 1000 : 2;
    progress.update(step);
  }
  t.deepEqual(written, [
    'train 30/100  101.8 s/step  1 h 58 min left\n',
    'train 45/100  41.9 s/step  38 min 26 s left\n',
    'train 60/100  2.0 s/step  1 min 20 s left\n',
    'train 75/100  2.0 s/step  50 s left\n',
    'train 90/100  2.0 s/step  20 s left\n',
  ]);
});

test('the whole run is estimated from what was done here', (t) => {
  const { progress, clock } = fake(false);
  clock.seconds = 30;
  t.is(progress.estimate(30), 'All 100 steps will take about 5 min 00 s here (3.0 s/step).');
});

test('rates and durations are short', (t) => {
  t.is(formatRate(3.21, 'step'), '3.2 steps/s');
  t.is(formatRate(0.25, 'step'), '4.0 s/step');
  t.is(formatRate(0, 'step'), '– steps/s');
  t.is(formatDuration(41.6), '42 s');
  t.is(formatDuration(185), '3 min 05 s');
  t.is(formatDuration(7620), '2 h 07 min');
  t.is(formatDuration(Infinity), '–');
});
