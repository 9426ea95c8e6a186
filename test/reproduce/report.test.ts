import test from 'ava';
import type { Example } from '../../src/data/examples.js';
import type { BarChart, LineChart } from '../../src/report/section.js';
import { compare } from '../../src/reproduce/comparison.js';
import { reproductionReport, smoothed } from '../../src/reproduce/report.js';
import { wholePart } from './parts.js';

const examples: Example[] = [
  { id: 'a', title: '', question: 'Who?', context: 'Ada', answers: [{ text: 'Ada', start: 0 }] },
  { id: 'b', title: '', question: 'What?', context: 'a ship', answers: [{ text: 'a ship', start: 0 }] },
];
const finished = (model: 'lstm' | 'transformer', f1: number, predictions: Record<string, string>) => ({
  ...wholePart({ model, f1 }),
  log: [5, 4, 3],
  predictions,
});
const reportOf = (lstm: number, transformer: number) => {
  const parts = [
    finished('lstm', lstm, { a: 'Ada', b: 'Ada' }),
    finished('transformer', transformer, { a: '', b: 'ship' }),
  ];
  return reproductionReport({ parts, rows: compare(parts), differs: [], examples, experiments: [] });
};

test("the order of the models is told as it was measured, beside the notebook's", (t) => {
  const sentence = (lstm: number, transformer: number) => reportOf(lstm, transformer).sections[0].blocks[1];
  t.is(
    sentence(11.5, 10.6),
    'By F1 the order here is LSTM before Transformer (LSTM 11.50, Transformer 10.60), as in the notebook.',
  );
  t.is(
    sentence(9, 10),
    'By F1 the order here is Transformer before LSTM (LSTM 9.00, Transformer 10.00); in the notebook it is LSTM before Transformer.',
  );
});

test('curves and slices are those of the runs', (t) => {
  const { sections, intro } = reportOf(1, 2);
  t.is(intro, 'The whole run: the data, models and steps of the notebook.');
  const losses = sections[1].blocks[0] as LineChart;
  t.deepEqual(losses.lines[1].points, [
    [1, 5],
    [2, 4],
    [3, 3],
  ]);
  const words = sections[2].blocks[0] as BarChart;
  t.deepEqual(words.groups, ['what (1)', 'who (1)']);
  t.deepEqual(words.bars, [
    { name: 'LSTM', values: [0, 100] },
    { name: 'Transformer', values: [100, 0] },
  ]);
});

test('a smoothed value is the mean of its neighbours, of those there are at the ends', (t) => {
  t.deepEqual(smoothed([6, 3, 0, 3]), [4.5, 3, 2, 1.5]);
});
