import { countOf } from '../counts.js';
import type { Example } from '../data/examples.js';
import { groupings } from '../evaluate/breakdown.js';
import { calibrationBlocks } from './calibration-blocks.js';
import { rank } from './ranking.js';
import { lossChart, sliceCharts } from './run-charts.js';
import type { RunFolder } from './run-folder.js';
import { formatNumber, type Cell, type Chart, type Report, type Section, type Table } from './section.js';
import { showError, worstErrors } from './worst-errors.js';

const errorsShown = 12;

/** The report on runs that were scored on the same questions. */
export function runsReport(runs: readonly RunFolder[], examples: readonly Example[]): Report {
  const names = runs.map(({ name }) => name).join(', ');
  const predicted = runs.map(({ name, answers }) => ({
    name,
    predictions: new Map([...answers].map(([id, { text }]) => [id, text])),
  }));
  const curves = [...lossCurve(runs), ...scoreCurve(runs)];
  return {
    title: runs.length === 1 ? `Run: ${names}` : `Runs: ${names}`,
    intro: introduce(runs, examples.length),
    sections: [
      { heading: runs.length === 1 ? 'Scores and settings' : 'Side by side', blocks: [sideBySide(runs)] },
      ...(curves.length === 0 ? [] : [{ heading: 'Curves', blocks: curves }]),
      {
        heading: 'Where the answers are right',
        blocks: groupings.flatMap((grouping) => sliceCharts(predicted, examples, grouping)),
      },
      { heading: 'How sure, and how right', blocks: calibrationBlocks(runs, examples) },
      ...runs.map((run) => errorSection(run, examples)),
    ],
  };
}

/** On how many questions they were scored, and which came out best. */
function introduce(runs: readonly RunFolder[], questions: number): string {
  const scores = runs.flatMap(({ name, evalResults }) => {
    const value = evalResults['f1'] as number | undefined;
    return value === undefined ? [] : [{ name, value }];
  });
  const scored = `Scored on ${countOf(questions, 'question')}.`;
  if (scores.length === 0) return scored;
  if (runs.length === 1) return `${scored} F1 is ${scores[0].value.toFixed(2)}.`;
  const shown = scores.map(({ name, value }) => ({ name: `${name} (${value.toFixed(2)})`, value }));
  return `${scored} By F1 the order is ${rank(shown)}.`;
}

/** Scores and times, then the settings: where several runs have them, those that they don't share. */
function sideBySide(runs: readonly RunFolder[]): Table {
  const row = (name: string, read: (run: RunFolder) => Cell) => [name, ...runs.map(read)];
  const names = [...new Set(runs.flatMap(({ flags }) => Object.keys(flags)))].sort();
  const trained = runs.filter(({ flags }) => Object.keys(flags).length > 0);
  const told = names.filter(
    (name) => trained.length === 1 || new Set(trained.map(({ flags }) => show(flags[name]))).size > 1,
  );
  const scores = [...new Set(runs.flatMap((run) => Object.keys(run.evalResults)))];
  const training = [
    row('steps', ({ losses }) => (losses.length === 0 ? '' : figure(losses.length))),
    row('train_loss', (run) => figure(run.trainResults['train_loss'])),
    row('train_runtime (s)', (run) => figure(run.trainResults['train_runtime'])),
  ];
  return {
    kind: 'table',
    head: ['figure', ...runs.map(({ name }) => name)],
    rows: [
      ...scores.map((name) => row(name, (run) => figure(run.evalResults[name]))),
      ...training.filter(([, ...figures]) => figures.some((cell) => cell !== '')),
      ...told.map((name) => row(name, (run) => show(run.flags[name]))),
    ],
  };
}

/** What was measured, rounded for reading. */
function figure(value: number | undefined): Cell {
  if (value === undefined) return '';
  const [rounded, full] = [formatNumber(value), String(value)];
  return rounded === full ? full : { rounded, full };
}

/** A setting as it was given. */
function show(value: unknown): string {
  return value === undefined || value === null
    ? ''
    : typeof value === 'string'
      ? value
      : JSON.stringify(value);
}

/** The losses; nothing where no run was trained here. */
function lossCurve(runs: readonly RunFolder[]): Chart[] {
  return runs.every(({ losses }) => losses.length === 0) ? [] : [lossChart(runs)];
}

/** F1 on the way; nothing where no run was evaluated before its end. */
function scoreCurve(runs: readonly RunFolder[]): Chart[] {
  if (runs.every(({ evaluations }) => evaluations.length === 0)) return [];
  return [
    {
      kind: 'lines',
      title: 'F1 on the way',
      x: { name: 'step', least: 0 },
      y: { name: 'F1 (%)' },
      lines: runs.map(({ name, evaluations }) => ({
        name,
        points: evaluations.map(({ step, f1 }) => [step, f1] as const),
      })),
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
