import { readFile } from 'node:fs/promises';
import type { CommandModule } from 'yargs';
import { QaError, messageOf } from '../errors.js';

interface ScoreArgs {
  predictions: string;
  'validation-file': string;
}

export const scoreCommand: CommandModule<object, ScoreArgs> = {
  command: 'score',
  describe: 'score predictions as the official SQuAD v1.1 evaluator does',
  builder: (yargs) =>
    yargs
      .option('predictions', {
        type: 'string',
        describe: 'JSON file: an object of answer texts by question id',
        demandOption: true,
        requiresArg: true,
      })
      .option('validation-file', {
        type: 'string',
        describe: 'questions with the accepted answers: SQuAD JSON, CSV, JSON Lines or Parquet',
        demandOption: true,
        requiresArg: true,
      }),
  handler: async (args) => {
    const [{ readExamples }, { missingPredictions, squadMetrics }] = await Promise.all([
      import('../data/read-examples.js'),
      import('../evaluate/metrics.js'),
    ]);
    const predictions = await readPredictions(args.predictions);
    // Answers that are not at their offsets don't matter here: scoring reads their texts alone.
    const { examples } = await readExamples(args.validationFile);
    const metrics = squadMetrics(predictions, examples);
    const missing = missingPredictions(predictions, examples);
    if (missing.length > 0) process.stderr.write(`qa-native: ${describeMissing(missing, examples.length)}\n`);
    process.stdout.write(`${JSON.stringify(metrics)}\n`);
  },
};

/** Reads answer texts by question id; whether they are strings is checked when they are scored. */
async function readPredictions(path: string): Promise<Record<string, string>> {
  let json: unknown;
  try {
    json = JSON.parse(await readFile(path, 'utf8'));
  } catch (error) {
    throw badPredictions(path, messageOf(error), error);
  }
  if (typeof json !== 'object' || json === null || Array.isArray(json)) {
    throw badPredictions(
      path,
      `it holds ${Array.isArray(json) ? 'a list' : JSON.stringify(json).slice(0, 60)}`,
    );
  }
  return json as Record<string, string>;
}

function badPredictions(path: string, reason: string, cause?: unknown): QaError {
  return new QaError(
    `Expected a JSON object of answer texts by question id at ${path}, but could not read one (${reason}); give the ` +
      'predictions.json of `qa-native eval`.',
    'ERR_PREDICTIONS',
    { cause },
  );
}

const idsShown = 5;

function describeMissing(ids: readonly string[], total: number): string {
  const shown = ids.slice(0, idsShown).join(', ');
  const rest = ids.length > idsShown ? `, and ${ids.length - idsShown} more` : '';
  return `${ids.length} of ${total} questions have no prediction and score 0: ${shown}${rest}`;
}
