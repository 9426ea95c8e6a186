import test from 'ava';
import type { Example } from '../../src/data/examples.js';
import type { BarChart, Block, LineChart } from '../../src/report/section.js';
import { compare } from '../../src/reproduce/comparison.js';
import { reproductionReport } from '../../src/reproduce/report.js';
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
    finished('transformer', transformer, { a: '', b: 'old ship' }),
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

test('models with equal scores are level', (t) => {
  t.is(
    reportOf(10, 10).sections[0].blocks[1],
    'By F1 the order here is LSTM level with Transformer (LSTM 10.00, Transformer 10.00); in the notebook it is LSTM before Transformer.',
  );
});

test('which trained faster is told where both were trained', (t) => {
  const minutes = (model: 'lstm' | 'transformer', minutes: number) => ({
    ...finished(model, 10, {}),
    train: { ...wholePart().train, minutes },
  });
  const sentence = (...parts: ReturnType<typeof minutes>[]): Block | undefined =>
    reproductionReport({ parts, rows: [], differs: [], examples, experiments: [] }).sections[0].blocks[2];
  t.is(
    sentence(minutes('lstm', 90), minutes('transformer', 60)),
    'Training took 90.00 minutes for the LSTM and 60.00 for the Transformer: the Transformer was 1.50 times as fast, as in the notebook.',
  );
  t.is(
    sentence(minutes('lstm', 40), minutes('lstm', 60), minutes('transformer', 60)),
    'Training took 50.00 (40.00 to 60.00, 2 seeds) minutes for the LSTM and 60.00 for the Transformer: ' +
      'the LSTM was 1.20 times as fast; in the notebook the Transformer trained faster.',
  );
  t.is(
    sentence(minutes('lstm', 60), minutes('transformer', 60.1)),
    'Training took 60.00 minutes for the LSTM and 60.10 for the Transformer: both were equally fast; in the notebook the Transformer trained faster.',
  );
  t.is(sentence(minutes('lstm', 40)), undefined);
});

test('of several seeds it is said which one the curves and groups are of', (t) => {
  const parts = [42, 43].map((seed) => ({ ...finished('lstm', 10, {}), seed }));
  const { sections } = reproductionReport({ parts, rows: [], differs: [], examples, experiments: [] });
  for (const { blocks } of sections.slice(1)) t.is(blocks[0], 'Here of seed 42 alone, the first.');
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
  const [exact, words] = sections[2].blocks as BarChart[];
  t.is(exact.title, 'EM by question word, with the number of questions');
  t.deepEqual(exact.bars[1].values, [0, 0]);
  t.is(words.title, 'F1 by question word, with the number of questions');
  t.deepEqual(words.groups, ['what (1)', 'who (1)']);
  t.deepEqual(
    words.bars.map(({ name, values }) => [name, values.map(Math.round)]),
    [
      ['LSTM', [0, 100]],
      ['Transformer', [67, 0]],
    ],
  );
});
