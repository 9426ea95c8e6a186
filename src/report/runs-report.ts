import type { Example } from '../data/examples.js';
import { scoreAnswer } from '../evaluate/answer-score.js';
import { groupings } from '../evaluate/breakdown.js';
import { calibrate } from '../evaluate/calibration.js';
import { lossChart, sliceCharts } from './run-charts.js';
import type { RunFolder } from './run-folder.js';
import type { Block, Chart, Report, Section, Table } from './section.js';
import { showError, worstErrors } from './worst-errors.js';

const errorsShown = 12;

/** The report on runs that were scored on the same questions. */
export function runsReport(runs: readonly RunFolder[], examples: readonly Example[]): Report {
  const names = runs.map(({ name }) => name).join(', ');
  const predicted = runs.map(({ name, answers }) => ({
    name,
    predictions: new Map([...answers].map(([id, { text }]) => [id, text])),
  }));
  return {
    title: runs.length === 1 ? `The run ${names}` : `Runs: ${names}`,
    intro: `Scored on ${examples.length.toLocaleString('en')} questions.`,
    sections: [
      { heading: 'Side by side', blocks: [sideBySide(runs)] },
      { heading: 'Curves', blocks: [lossChart(runs), ...scoreCurve(runs)] },
      {
        heading: 'Where the answers are right',
        blocks: groupings.flatMap((grouping) => sliceCharts(predicted, examples, grouping)),
      },
      { heading: 'How sure, and how right', blocks: calibrationBlocks(runs, examples) },
      ...runs.map((run) => errorSection(run, examples)),
    ],
  };
}

/** Scores and times, then every setting that the runs don't share. */
function sideBySide(runs: readonly RunFolder[]): Table {
  const row = (name: string, read: (run: RunFolder) => unknown) => [
    name,
    ...runs.map((run) => show(read(run))),
  ];
  const flags = [...new Set(runs.flatMap((run) => Object.keys(run.flags)))].sort();
  const other = flags.filter((name) => new Set(runs.map((run) => show(run.flags[name]))).size > 1);
  const scores = [...new Set(runs.flatMap((run) => Object.keys(run.evalResults)))];
  return {
    kind: 'table',
    head: ['figure', ...runs.map(({ name }) => name)],
    rows: [
      ...scores.map((name) => row(name, (run) => run.evalResults[name])),
      row('steps', (run) => run.losses.length),
      row('train_loss', (run) => run.trainResults['train_loss']),
      row('train_runtime (s)', (run) => run.trainResults['train_runtime']),
      ...other.map((name) => row(name, (run) => run.flags[name])),
    ],
  };
}

function show(value: unknown): string {
  return value === undefined || value === null
    ? ''
    : typeof value === 'string'
      ? value
      : JSON.stringify(value);
}

/** F1 on the way; nothing where no run was evaluated before its end. */
function scoreCurve(runs: readonly RunFolder[]): Chart[] {
  if (runs.every(({ evaluations }) => evaluations.length === 0)) return [];
  return [
    {
      kind: 'lines',
      title: 'F1 on the way',
      x: { name: 'step' },
      y: { name: 'F1' },
      lines: runs.map(({ name, evaluations }) => ({
        name,
        points: evaluations.map(({ step, f1 }) => [step, f1] as const),
      })),
    },
  ];
}

function calibrationBlocks(runs: readonly RunFolder[], examples: readonly Example[]): Block[] {
  const results = runs.map((run) => ({
    name: run.name,
    ...calibrate(
      examples.flatMap(({ id, answers }) => {
        const answer = run.answers.get(id);
        if (answer === undefined) return [];
        const correct = scoreAnswer(answer.text, answers).exactMatch === 1;
        return [{ probability: answer.probability, correct }];
      }),
    ),
  }));
  const errors = results.map((one) => `${one.name} ${one.expectedCalibrationError.toFixed(3)}`).join(', ');
  return [
    `Expected calibration error, the distance of probability and exact match over ten bins: ${errors}; 0 is perfect.`,
    {
      kind: 'lines',
      title: 'Exact match by the probability of the answer',
      x: { name: 'probability of the best answer', least: 0 },
      y: { name: 'exact match', least: 0 },
      lines: [
        ...results.map(({ name, bins }) => ({
          name,
          points: bins.map(({ confidence, accuracy }) => [confidence, accuracy] as const),
        })),
        {
          name: 'as sure as right',
          points: [
            [0, 0],
            [1, 1],
          ] as const,
          style: 'dashed' as const,
        },
      ],
    },
  ];
}

function errorSection(run: RunFolder, examples: readonly Example[]): Section {
  const errors = worstErrors(run, examples, errorsShown);
  return {
    heading: `Surest wrong answers of ${run.name}`,
    blocks: errors.length === 0 ? ['No answer was wrong in every word.'] : errors.map(showError),
  };
}
