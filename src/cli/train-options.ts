import type { Options } from 'yargs';
import { defaultCheckpoint } from '../hub/default-checkpoint.js';
import type { LrSchedulerType } from '../train/schedule.js';
import { kernelOptions, type KernelArgs } from './kernel-options.js';
import { lrSchedulerOption } from './lr-scheduler-option.js';
import { numberFlag } from './number-flags.js';
import {
  deviceOptions,
  evaluationOnTheWaySettings,
  evaluationSettings,
  jsonOption,
  loggingSettings,
  preparationSettings,
  settingOptions,
  trainingSettings,
  version2Option,
} from './options.js';
import type { ResumeArgs } from './resume.js';
import { maxEvalSamplesOption } from './run-data-flags.js';
import type { EvaluationArgs } from './train-evaluations.js';

/** What `train` is told, once what --from-run and the defaults leave is put in. */
export interface TrainArgs extends ResumeArgs, EvaluationArgs, KernelArgs {
  readonly model: string;
  readonly dataset: string | undefined;
  readonly trainFile: string | undefined;
  readonly validationFile: string | undefined;
  readonly version2WithNegative: boolean | undefined;
  readonly modelNameOrPath: string | undefined;
  readonly configName: string | undefined;
  readonly vocabFile: string | undefined;
  readonly tokenizerName?: string | undefined;
  readonly outputDir: string | undefined;
  readonly maxTrainSamples: number | undefined;
  readonly maxEvalSamples: number | undefined;
  readonly lrSchedulerType?: LrSchedulerType | undefined;
  readonly reportTo?: 'none' | 'tensorboard' | undefined;
  readonly seed: number;
  readonly eval: boolean;
  readonly device: string;
  readonly threads: number | undefined;
  readonly json: boolean;
}

/** A default that is put in later: with --from-run it is that run's flag. */
const defaultIs = (defaultDescription: string) => ({ defaultDescription, requiresArg: true });

/** Options under a heading of their own in `--help`. */
function grouped(group: string, options: Record<string, Options>): Record<string, Options> {
  return Object.fromEntries(Object.entries(options).map(([name, option]) => [name, { ...option, group }]));
}

/** The flags of `train`, and its one word. */
export const trainOptions: Readonly<Record<string, Options>> = {
  model: { type: 'string', describe: 'bert-mini, lstm or transformer' },
  ...grouped('Data:', {
    dataset: {
      type: 'string',
      describe: 'squad, squad_v2 or sample (bundled, with settings of its own)',
      requiresArg: true,
    },
    'train-file': {
      type: 'string',
      describe: 'questions to train on: SQuAD JSON, CSV, JSON Lines or Parquet',
      requiresArg: true,
    },
    'validation-file': { type: 'string', describe: 'questions to evaluate on, likewise', requiresArg: true },
    'max-train-samples': { ...numberFlag, describe: 'train on the first N questions' },
    'max-eval-samples': maxEvalSamplesOption,
    'version-2-with-negative': version2Option,
    ...settingOptions(preparationSettings),
  }),
  ...grouped('Model:', {
    'model-name-or-path': {
      type: 'string',
      alias: 'checkpoint',
      describe: 'a model of the hub (name or name@revision), a folder in Hugging Face layout, or random',
      defaultDescription: `for bert-mini ${defaultCheckpoint}`,
      requiresArg: true,
    },
    'config-name': {
      type: 'string',
      describe: 'config.json of a BERT that starts at random',
      requiresArg: true,
    },
    'vocab-file': {
      type: 'string',
      describe: "vocab.txt in place of the model's; for random weights in place of the default checkpoint's",
      requiresArg: true,
    },
    'tokenizer-name': {
      type: 'string',
      describe: 'a model of the hub or a folder whose tokenizer is taken instead',
      requiresArg: true,
    },
  }),
  ...grouped('Training:', {
    ...settingOptions(trainingSettings),
    seed: { ...numberFlag, describe: 'of weights, batch order and dropout', ...defaultIs('42') },
    'lr-scheduler-type': lrSchedulerOption,
  }),
  ...grouped('Run:', {
    'output-dir': {
      type: 'string',
      describe: 'where the run goes',
      defaultDescription: 'runs/<model>',
      requiresArg: true,
    },
    'overwrite-output-dir': {
      type: 'boolean',
      describe: 'begin anew where the output folder holds an unfinished run',
    },
    'resume-from-checkpoint': {
      type: 'string',
      describe: 'go on from this checkpoint, or without a folder from the newest whole one',
    },
    'from-run': {
      type: 'string',
      describe: 'do again what this --output-dir has in its run.json, but for the flags given',
      requiresArg: true,
    },
    'report-to': {
      choices: ['none', 'tensorboard'],
      describe: 'besides train_log.jsonl: event files in <output-dir>/tensorboard',
      defaultDescription: 'none',
      requiresArg: true,
    },
    ...settingOptions(loggingSettings),
  }),
  ...grouped('Evaluation:', {
    eval: {
      type: 'boolean',
      defaultDescription: 'true',
      describe: 'evaluate afterwards; --no-eval leaves it out',
    },
    'eval-strategy': {
      choices: ['no', 'steps', 'epoch'],
      describe: 'evaluate on the way: not, every --eval-steps, or after every epoch',
      defaultDescription: 'no',
      requiresArg: true,
    },
    'load-best-model-at-end': {
      type: 'boolean',
      describe: 'the model is the best of the evaluations on the way, not the last',
    },
    'metric-for-best-model': {
      choices: ['f1', 'exact_match'],
      describe: 'by which one is better',
      defaultDescription: 'f1',
      requiresArg: true,
    },
    ...settingOptions([...evaluationOnTheWaySettings, ...evaluationSettings]),
  }),
  ...grouped('Arithmetic:', {
    device: { type: 'string', describe: deviceOptions.device.describe, ...defaultIs('auto') },
    threads: deviceOptions.threads,
    ...kernelOptions,
  }),
  json: { type: 'boolean', describe: jsonOption.describe },
};
