import test from 'ava';
import { columnsOf, drawBar, writeOver } from '../src/terminal-line.js';

function terminal(columns?: number) {
  const written: string[] = [];
  return { written, columns, write: (text: string) => written.push(text) };
}

test('a line keeps out of the last column, of 80 where the terminal has no width', (t) => {
  const widths: [number | undefined, number][] = [
    [40, 39],
    [0, 79],
    [undefined, 79],
  ];
  for (const [columns, wanted] of widths) {
    const line = terminal(columns);
    t.is(columnsOf(line), wanted);
    writeOver(line, 'x'.repeat(200));
    t.deepEqual(line.written, [`\r\u001b[K${'x'.repeat(wanted)}`]);
  }
});

test('without a text the line is empty', (t) => {
  const line = terminal(40);
  writeOver(line);
  t.deepEqual(line.written, ['\r\u001b[K']);
});

test('a bar has its columns at any share', (t) => {
  t.is(drawBar(0, 4), '░░░░');
  t.is(drawBar(0.5, 4), '██░░');
  t.is(drawBar(1, 4), '████');
});
