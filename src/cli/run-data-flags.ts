import type { Options } from 'yargs';
import { numberFlag } from './number-flags.js';

/** What names the questions that a run is scored on: what is left out is as it was in the run. */
export interface RunDataArgs {
  readonly dataset?: string | undefined;
  readonly validationFile?: string | undefined;
  readonly maxEvalSamples?: number | undefined;
  readonly version2WithNegative?: boolean | undefined;
}

export const maxEvalSamplesOption = {
  ...numberFlag,
  describe: 'evaluate on the first N questions',
} as const satisfies Options;

export const runDataOptions = {
  dataset: {
    type: 'string',
    describe: 'squad, squad_v2 or sample',
    defaultDescription: "the run's",
    requiresArg: true,
  },
  'validation-file': {
    type: 'string',
    describe: 'questions to score on: SQuAD JSON, CSV, JSON Lines or Parquet',
    requiresArg: true,
  },
  'max-eval-samples': { ...maxEvalSamplesOption, describe: 'the first N of these questions' },
} as const satisfies Record<string, Options>;
