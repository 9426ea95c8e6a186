import type { Options } from 'yargs';

/** What names the questions that a run is scored on: what is left out is as it was in the run. */
export interface RunDataArgs {
  readonly dataset?: string | undefined;
  readonly validationFile?: string | undefined;
  readonly version2WithNegative?: boolean | undefined;
}

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
} as const satisfies Record<string, Options>;
