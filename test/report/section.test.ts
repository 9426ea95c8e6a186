import test from 'ava';
import { chartTable, formatNumber, namesOf, type LineChart } from '../../src/report/section.js';
import { report } from './reports.js';

const chart = report.sections[0].blocks[1] as LineChart;

test("a chart's table has its numbers by x, those that were smoothed too", (t) => {
  t.deepEqual(chartTable(chart), {
    kind: 'table',
    head: ['step', 'LSTM', 'LSTM, each step', 'Transformer', 'Transformer (fit)'],
    rows: [
      ['1', '5', '5.5', '5', '5'],
      ['2', '4.25', '4', '', ''],
      ['3', '4', '4.5', '3', '3'],
    ],
  });
});

test('what has no figure in a chart, and what is none, has no column', (t) => {
  const bare: LineChart = {
    ...chart,
    lines: [
      { name: 'trained', points: [[1, 2]] },
      { name: 'not trained', points: [] },
      { name: 'as it should be', points: [[0, 0]], style: 'reference' },
    ],
  };
  t.deepEqual(chartTable(bare), { kind: 'table', head: ['step', 'trained'], rows: [['1', '2']] });
  t.deepEqual(namesOf(bare), ['trained', 'as it should be']);
});

test('a long chart is thinned evenly, with its last row', (t) => {
  const points = Array.from({ length: 1001 }, (_, index) => [index, 2 * index] as const);
  const { rows } = chartTable({ ...chart, lines: [{ name: 'all', points }] }, 20);
  t.true(rows.length <= 21);
  t.deepEqual(rows[0], ['0', '0']);
  t.deepEqual(rows.at(-1), ['1,000', '2,000']);
});

test('numbers keep four digits that count', (t) => {
  t.deepEqual([7377, 0.00123456, 4.193328857, 12345.6].map(formatNumber), [
    '7,377',
    '0.001235',
    '4.193',
    '12,350',
  ]);
});
