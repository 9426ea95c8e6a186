import test from 'ava';
import type { Example } from '../../src/data/examples.js';
import { renderMarkdown } from '../../src/report/markdown.js';
import { renderPage } from '../../src/report/page.js';
import type { RunFolder } from '../../src/report/run-folder.js';
import { runsReport } from '../../src/report/runs-report.js';
import type { BarChart, LineChart, Table } from '../../src/report/section.js';

const examples: Example[] = ['a', 'b', 'c', 'd'].map((id) => ({
  id,
  title: '',
  question: 'Who?',
  context: 'Ada or Bo',
  answers: [{ text: 'Ada', start: 0 }],
}));
const answers = new Map([
  ['a', { text: 'Ada', probability: 1 }],
  ['b', { text: 'Bo', probability: 0.5 }],
  ['c', { text: 'Bo', probability: 0.54 }],
  ['d', { text: 'Bo', probability: 0 }],
]);
const trained = (name: string, f1: number, seed: number): RunFolder => ({
  name,
  losses: [3, 2],
  evaluations: [{ step: 1, f1: 20 }],
  flags: { seed, maxSteps: 2 },
  trainResults: { train_loss: 2.5, train_runtime: 1 },
  evalResults: { exact_match: 25, f1 },
  answers,
});
const evaluated: RunFolder = {
  ...trained('evaluated', 25, 0),
  losses: [],
  evaluations: [],
  flags: {},
  trainResults: {},
};

test('the first sentence says which run came out best', (t) => {
  const intro = (...runs: RunFolder[]) => runsReport(runs, examples).intro;
  t.is(intro(trained('one', 25, 1)), 'Scored on 4 questions. F1 is 25.00.');
  t.is(
    intro(trained('one', 20, 1), trained('two', 25, 2), evaluated),
    'Scored on 4 questions. By F1 the order is two (25.00) level with evaluated (25.00) before one (20.00).',
  );
  t.is(runsReport([evaluated], examples.slice(0, 1)).intro, 'Scored on 1 question. F1 is 25.00.');
});

test('settings are those of one run, or what several do not share; what was not trained has none', (t) => {
  const rows = (...runs: RunFolder[]) => (runsReport(runs, examples).sections[0].blocks[0] as Table).rows;
  t.deepEqual(rows(trained('one', 25, 1)).slice(-2), [
    ['maxSteps', '2'],
    ['seed', '1'],
  ]);
  t.deepEqual(rows(trained('one', 25, 1), trained('two', 25, 2), evaluated).slice(2), [
    ['steps', '2', '2', ''],
    ['train_loss', '2.5', '2.5', ''],
    ['train_runtime (s)', '1', '1', ''],
    ['seed', '1', '2', ''],
  ]);
  t.deepEqual(rows(evaluated), [
    ['exact_match', '25'],
    ['f1', '25'],
  ]);
  t.false(runsReport([evaluated], examples).sections.some(({ heading }) => heading === 'Curves'));
});

test('figures are rounded for reading, and kept in full; settings are as they were given', (t) => {
  const run = trained('one', 200 / 3, 1);
  const timed = {
    ...run,
    trainResults: { train_loss: 5, train_runtime: 5141.29 },
    flags: { rate: 0.000123456 },
  };
  const [{ blocks }] = runsReport([timed], examples).sections;
  const expected = [
    ['exact_match', '25'],
    ['f1', { rounded: '66.67', full: '66.66666666666667' }],
    ['steps', '2'],
    ['train_loss', '5'],
    ['train_runtime (s)', { rounded: '5,141', full: '5141.29' }],
    ['rate', '0.000123456'],
  ];
  t.deepEqual((blocks[0] as Table).rows, expected);
  const report = { title: 'Run', intro: '', sections: [{ heading: 'Scores', blocks }] };
  t.regex(renderPage(report), /<td class="number" title="66\.66666666666667">66\.67<\/td>/);
  t.regex(renderMarkdown(report), /\| f1 \| 66\.67 \|/);
});

test('how sure answers are is told in all, by range, and by how many there are in each', (t) => {
  const section = runsReport([trained('one', 25, 1)], examples).sections.find(
    ({ heading }) => heading === 'How sure, and how right',
  );
  const [, inAll, curve, counts] = section?.blocks as [string, Table, LineChart, BarChart];
  // (1 · 0 + 2 · 0.52 + 1 · 0) / 4
  t.deepEqual(inAll.rows, [['one', '0.510', '0.250', '0.260', 'surer than right']]);
  t.deepEqual(curve.lines[0].points, [
    [0, 0],
    [0.52, 0],
    [1, 1],
  ]);
  t.is(counts.groups[5], '0.5–0.6');
  t.deepEqual(counts.bars[0].values, [1, 0, 0, 0, 0, 2, 0, 0, 0, 1]);
});
