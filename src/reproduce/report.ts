import type { Example } from '../data/examples.js';
import { groupings } from '../evaluate/breakdown.js';
import type { Predictions } from '../evaluate/metrics.js';
import type { ModelName } from '../models/index.js';
import { lossChart, sliceCharts } from '../report/run-charts.js';
import { rank } from '../report/ranking.js';
import type { Report, Section } from '../report/section.js';
import { comparisonTable, type Row } from './comparison.js';
import { notebook } from './notebook.js';
import type { Part } from './part.js';
import { formatSpread, spreadOf } from './spread.js';

/** A part with what its folder holds. */
export interface FinishedPart extends Part {
  /** train_log.jsonl's losses, the first step's first. */
  readonly log: readonly number[];
  readonly predictions: Predictions;
}

interface Reproduction {
  readonly parts: readonly FinishedPart[];
  readonly rows: readonly Row[];
  readonly differs: readonly string[];
  readonly examples: readonly Example[];
  /** What experiments say of Problem 3. */
  readonly experiments: readonly Section[];
}

const titleOf = (part: Part) => notebook.models[part.model].title;

/** The report on a reproduction: every sentence is made from what was measured. */
export function reproductionReport({ parts, rows, differs, examples, experiments }: Reproduction): Report {
  const smaller =
    differs.length === 0
      ? 'The whole run: the data, models and steps of the notebook.'
      : `A smaller run than the notebook's: ${differs.join('; ')}.`;
  // Of several seeds the first stands for its model where curves and slices are shown.
  const firsts = parts.filter(
    (part, index) => parts.findIndex(({ model }) => model === part.model) === index,
  );
  const named = firsts.map((part) => ({ ...part, name: titleOf(part) }));
  const ofOneSeed =
    parts.length === firsts.length ? [] : [`Here of seed ${firsts[0].seed} alone, the first.`];
  return {
    title: 'The notebook, reproduced',
    intro: smaller,
    sections: [
      {
        heading: 'The notebook beside this run',
        blocks: [{ kind: 'table', ...comparisonTable(rows) }, compareScores(parts), ...compareMinutes(parts)],
      },
      {
        heading: 'Losses',
        blocks: [...ofOneSeed, lossChart(named.map(({ name, log }) => ({ name, losses: log })))],
      },
      {
        heading: 'Where the answers are right',
        blocks: [...ofOneSeed, ...groupings.flatMap((one) => sliceCharts(named, examples, one))],
      },
      ...experiments,
    ],
  };
}

/** Problem 3.1: which model performed better, here and in the notebook. */
function compareScores(parts: readonly Part[]): string {
  const scores = [...new Set(parts.map(({ model }) => model))].map((model) => {
    const own = parts.filter((part) => part.model === model);
    return {
      title: titleOf(own[0]),
      spread: spreadOf(own.map(({ f1 }) => f1)),
      theirs: notebook.models[model].f1,
    };
  });
  const here = rank(scores.map(({ title, spread }) => ({ name: title, value: spread.mean })));
  const there = rank(scores.map(({ title, theirs }) => ({ name: title, value: theirs })));
  const listed = scores.map(({ title, spread }) => `${title} ${formatSpread(spread)}`).join(', ');
  if (scores.length === 1) return `F1: ${listed}.`;
  const order = `By F1 the order here is ${here} (${listed})`;
  return here === there ? `${order}, as in the notebook.` : `${order}; in the notebook it is ${there}.`;
}

/** Problem 3.2: which of LSTM and Transformer trained faster; nothing where one of them did not. */
function compareMinutes(parts: readonly Part[]): string[] {
  const minutesOf = (name: ModelName) =>
    parts.filter(({ model }) => model === name).map(({ train }) => train.minutes);
  const [lstm, transformer] = [minutesOf('lstm'), minutesOf('transformer')];
  if (lstm.length === 0 || transformer.length === 0) return [];
  const [ofLstm, ofTransformer] = [spreadOf(lstm), spreadOf(transformer)];
  const faster = ofTransformer.mean < ofLstm.mean ? 'transformer' : 'lstm';
  const ratio = Math.max(ofLstm.mean, ofTransformer.mean) / Math.min(ofLstm.mean, ofTransformer.mean);
  const title = (name: ModelName) => notebook.models[name].title;
  const took = `Training took ${formatSpread(ofLstm)} minutes for the LSTM and ${formatSpread(ofTransformer)} for the Transformer`;
  const inTheNotebook = `in the notebook the ${title(notebook.trainedFaster)} trained faster.`;
  if (ratio.toFixed(2) === '1.00') return [`${took}: both were equally fast; ${inTheNotebook}`];
  return [
    `${took}: ` +
      `the ${title(faster)} was ${ratio.toFixed(2)} times as fast` +
      (faster === notebook.trainedFaster ? ', as in the notebook.' : `; ${inTheNotebook}`),
  ];
}
