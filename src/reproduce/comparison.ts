import { number } from '../counts.js';
import { QaError } from '../errors.js';
import { modelNames } from '../models/index.js';
import { notebook } from './notebook.js';
import type { Part } from './part.js';
import { formatSpread, spreadOf } from './spread.js';

/** A line of the table: a figure of the notebook beside the one here. */
export interface Row {
  readonly title: string;
  readonly figure: string;
  readonly notebook: string;
  readonly here: string;
  /** Of a count that this run must share with the notebook: whether it does. */
  readonly equal?: boolean;
}

const sameVocabulary = ({ vocabulary }: Part) => vocabulary === notebook.vocabulary;
const sameTrain = (part: Part) => part.train.questions === notebook.train.questions && sameVocabulary(part);
const sameValidation = (part: Part) =>
  part.validation.questions === notebook.validation.questions && sameVocabulary(part);

/** What is counted, and whether a run must have the notebook's count: it has the same data, or the same sizes. */
const counts: readonly {
  readonly figure: string;
  readonly expected: (part: Part) => number;
  readonly got: (part: Part) => number;
  readonly applies: (part: Part) => boolean;
}[] = [
  {
    figure: 'training features',
    expected: () => notebook.train.features,
    got: ({ train }) => train.features,
    applies: sameTrain,
  },
  {
    figure: 'steps an epoch',
    expected: () => notebook.train.stepsPerEpoch,
    got: ({ train }) => train.stepsPerEpoch,
    applies: sameTrain,
  },
  {
    figure: 'validation features',
    expected: () => notebook.validation.features,
    got: ({ validation }) => validation.features,
    applies: sameValidation,
  },
  {
    figure: 'evaluation batches',
    expected: () => notebook.validation.batches,
    got: ({ validation }) => validation.batches,
    applies: sameValidation,
  },
  {
    figure: 'parameters',
    expected: ({ model }) => notebook.models[model].parameters,
    got: ({ parameters }) => parameters,
    applies: (part) => part.notebookSizes && sameVocabulary(part),
  },
];

/**
 * The table of one model, trained with one seed or several. Counts stand beside the notebook's where the run has its
 * data and sizes; losses and scores always do: they are of one run without a seed, on other arithmetic.
 */
export function compare(parts: readonly Part[]): Row[] {
  const [first] = parts;
  const published = notebook.models[first.model];
  const row = (figure: string, theirs: string, here: string, equal?: boolean): Row => ({
    title: published.title,
    figure,
    notebook: theirs,
    here,
    ...(equal === undefined ? {} : { equal }),
  });
  const shared = counts.map(({ figure, expected, got, applies }) =>
    row(
      figure,
      number(expected(first)),
      number(got(first)),
      applies(first) ? parts.every((part) => got(part) === expected(part)) : undefined,
    ),
  );
  const losses = first.losses.map(({ step }) => {
    const theirs =
      step % notebook.lossEvery === 0 ? published.losses[step / notebook.lossEvery - 1] : undefined;
    const here = parts.flatMap((part) =>
      part.losses.filter((line) => line.step === step).map(({ loss }) => loss),
    );
    return row(`loss at ${number(step)}`, theirs?.toFixed(4) ?? '', formatSpread(spreadOf(here), 4));
  });
  const over = (read: (part: Part) => number, digits = 2) => formatSpread(spreadOf(parts.map(read)), digits);
  return [
    ...shared,
    ...losses,
    row(
      'EM',
      published.exactMatch.toFixed(2),
      over(({ exactMatch }) => exactMatch),
    ),
    row(
      'F1',
      published.f1.toFixed(2),
      over(({ f1 }) => f1),
    ),
    row(
      'minutes of training',
      '',
      over(({ train }) => train.minutes, 1),
    ),
    row(
      'minutes of evaluation',
      '',
      over(({ validation }) => validation.minutes, 1),
    ),
  ];
}

/** The rows as they are read, with what is above their columns. */
export function comparisonTable(rows: readonly Row[]): {
  readonly head: string[];
  readonly rows: string[][];
} {
  const verdict = ({ equal }: Row) => (equal === undefined ? '' : equal ? 'equal' : 'NOT EQUAL');
  return {
    head: ['model', 'figure', 'notebook', 'here', ''],
    rows: rows.map((row) => [row.title, row.figure, row.notebook, row.here, verdict(row)]),
  };
}

/** Why these runs are not the notebook's, a clause each; none where they are. */
export function whatDiffers(parts: readonly Part[]): string[] {
  const [{ train, validation, settings }] = parts;
  const missing = modelNames.filter((name) => !parts.some(({ model }) => model === name));
  const questions = [
    ['training', train.questions, notebook.train.questions],
    ['validation', validation.questions, notebook.validation.questions],
  ] as const;
  return [
    ...(missing.length === 0 ? [] : [`without ${missing.join(', ')}`]),
    ...questions
      .filter(([, here, theirs]) => here !== theirs)
      .map(([of, here, theirs]) => `${number(here)} ${of} questions instead of ${number(theirs)}`),
    ...Object.entries(settings).map(([name, { here, notebook }]) => `${name} ${here} instead of ${notebook}`),
  ];
}

/** Throws QaError `ERR_REPRODUCE` where a count that must be the notebook's is not. */
export function checkCounts(rows: readonly Row[]): void {
  const wrong = rows.filter(({ equal }) => equal === false);
  if (wrong.length === 0) return;
  const named = wrong.map((row) => `${row.title}'s ${row.figure} ${row.here} instead of ${row.notebook}`);
  throw new QaError(
    `Expected the notebook's counts, got ${named.join(', ')}; check that the files are SQuAD v1.1's and the vocabulary is BERT's.`,
    'ERR_REPRODUCE',
  );
}
