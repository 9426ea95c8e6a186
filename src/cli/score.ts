import type { CommandModule } from 'yargs';
import type { Example } from '../data/examples.js';
import type { Predictions } from '../evaluate/metrics.js';
import { expectNumber } from '../number-range.js';
import { numberFlag } from './number-flags.js';
import { jsonOption, version2Option } from './options.js';

interface ScoreArgs {
  readonly predictions: string;
  readonly validationFile: string;
  readonly version2WithNegative: boolean | undefined;
  readonly naProbFile: string | undefined;
  readonly naProbThresh: number;
}

export const scoreCommand: CommandModule<object, ScoreArgs> = {
  command: 'score',
  describe: 'score predictions as the official SQuAD evaluators do',
  builder: {
    predictions: {
      type: 'string',
      describe: 'JSON file: an object of answer texts by question id',
      demandOption: true,
      requiresArg: true,
    },
    'validation-file': {
      type: 'string',
      describe: 'questions with the accepted answers: SQuAD JSON, CSV, JSON Lines or Parquet',
      demandOption: true,
      requiresArg: true,
    },
    'version-2-with-negative': {
      ...version2Option,
      defaultDescription: 'whether there are such questions',
    },
    'na-prob-file': {
      type: 'string',
      alias: 'null-odds',
      describe: 'v2.0: JSON file of the odds of no answer by question id, for the best thresholds',
      requiresArg: true,
    },
    'na-prob-thresh': {
      ...numberFlag,
      default: 1,
      describe: 'v2.0: odds above this count as no answer',
    },
    json: { ...jsonOption, default: true, describe: 'print one JSON object, as always' },
  },
  handler: async (args) => {
    expectNumber('--na-prob-thresh', args.naProbThresh, { least: -Infinity, whole: false });
    const [{ readExamples }, { readPredictions }] = await Promise.all([
      import('../data/read-examples.js'),
      import('./prediction-files.js'),
    ]);
    const predictions = await readPredictions(args.predictions);
    // Answers that are not at their offsets don't matter here: scoring reads their texts alone.
    const { examples } = await readExamples(args.validationFile);
    const isV2 =
      args.version2WithNegative ??
      (args.naProbFile !== undefined || examples.some(({ answers }) => answers.length === 0));
    const metrics = isV2 ? await scoreV2(args, predictions, examples) : await scoreV1(predictions, examples);
    process.stdout.write(`${JSON.stringify(metrics)}\n`);
  },
};

async function scoreV1(predictions: Predictions, examples: readonly Example[]) {
  const { missingPredictions, squadMetrics } = await import('../evaluate/metrics.js');
  const metrics = squadMetrics(predictions, examples);
  const missing = missingPredictions(predictions, examples);
  if (missing.length > 0) process.stderr.write(`qa-native: ${describeMissing(missing, examples.length)}\n`);
  return metrics;
}

async function scoreV2(
  { naProbFile, naProbThresh }: ScoreArgs,
  predictions: Predictions,
  examples: readonly Example[],
) {
  const [{ squadV2Metrics }, { readNoAnswerOdds }] = await Promise.all([
    import('../evaluate/squad-v2-metrics.js'),
    import('./prediction-files.js'),
  ]);
  const noAnswerOdds = naProbFile === undefined ? undefined : await readNoAnswerOdds(naProbFile);
  return squadV2Metrics(predictions, examples, { noAnswerOdds, noAnswerThreshold: naProbThresh });
}

const idsShown = 5;

function describeMissing(ids: readonly string[], total: number): string {
  const shown = ids.slice(0, idsShown).join(', ');
  const rest = ids.length > idsShown ? `, and ${ids.length - idsShown} more` : '';
  return `${ids.length} of ${total} questions have no prediction and score 0: ${shown}${rest}`;
}
