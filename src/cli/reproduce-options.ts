import type { Options } from 'yargs';
import { numberFlag } from './number-flags.js';
import {
  deviceOptions,
  evaluationSettings,
  jsonOption,
  loggingSettings,
  preparationSettings,
  settingOptions,
  trainingSettings,
} from './options.js';
import { maxEvalSamplesOption } from './run-data-flags.js';

export interface ReproduceArgs {
  readonly models: string;
  readonly seeds: number;
  readonly seed: number;
  readonly dataset: string | undefined;
  readonly trainFile: string | undefined;
  readonly validationFile: string | undefined;
  readonly modelNameOrPath: string | undefined;
  readonly configName: string | undefined;
  readonly vocabFile: string | undefined;
  readonly outputDir: string;
  readonly maxTrainSamples: number | undefined;
  readonly maxEvalSamples: number | undefined;
  readonly experiments: boolean;
  readonly device: string;
  readonly threads: number | undefined;
  readonly json: boolean;
}

/** The flags of `reproduce`. */
export const reproduceOptions: Readonly<Record<string, Options>> = {
  models: {
    type: 'string',
    default: 'bert-mini,lstm,transformer',
    describe: 'which of them',
    requiresArg: true,
  },
  seeds: { ...numberFlag, default: 1, describe: 'runs of each model' },
  seed: {
    ...numberFlag,
    default: 42,
    describe: 'of the first run; the next have the next',
  },
  dataset: { type: 'string', describe: 'squad or sample', defaultDescription: 'squad', requiresArg: true },
  'train-file': { type: 'string', describe: 'questions to train on', requiresArg: true },
  'validation-file': { type: 'string', describe: 'questions to evaluate on', requiresArg: true },
  'model-name-or-path': {
    type: 'string',
    alias: 'checkpoint',
    describe: 'where bert-mini starts; its vocabulary is that of all models',
    requiresArg: true,
  },
  'config-name': {
    type: 'string',
    describe: 'config.json of a BERT that starts at random',
    requiresArg: true,
  },
  'vocab-file': { type: 'string', describe: "vocab.txt in place of the checkpoint's", requiresArg: true },
  'output-dir': {
    type: 'string',
    default: 'runs/reproduce',
    describe: 'where runs and tables go; what is whole there is not run again',
    requiresArg: true,
  },
  ...settingOptions([...preparationSettings, ...trainingSettings, ...loggingSettings, ...evaluationSettings]),
  'max-train-samples': { ...numberFlag, describe: 'train on the first N questions' },
  'max-eval-samples': maxEvalSamplesOption,
  experiments: {
    type: 'boolean',
    default: true,
    describe: 'measure seconds a step against the length for the report; --no-experiments leaves it out',
  },
  ...deviceOptions,
  json: jsonOption,
};
