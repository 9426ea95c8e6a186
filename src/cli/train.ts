import type { CommandModule, Options } from 'yargs';
import { afterBuild } from './after-build.js';
import { kernelOptions, type KernelArgs } from './kernel-options.js';
import {
  deviceOptions,
  evaluationSettings,
  jsonOption,
  preparationSettings,
  settingOptions,
  trainingSettings,
  version2Option,
} from './options.js';
import type { ResumeArgs } from './resume.js';
import type { GivenTrainArgs } from './run-record.js';
import type { EvaluationArgs } from './train-evaluations.js';
import type { LrSchedulerType } from '../train/schedule.js';

/** For `--help`, which loads no schedule. */
const lrSchedulerTypes = {
  linear: true,
  cosine: true,
  cosine_with_restarts: true,
  polynomial: true,
  inverse_sqrt: true,
  constant: true,
  constant_with_warmup: true,
} satisfies Record<LrSchedulerType, true>;

/** transformers' other schedules, and what they need that is not here. */
const otherSchedulerTypes: Readonly<Record<string, string>> = {
  reduce_lr_on_plateau: 'a loss of the evaluations on the way, which give scores alone',
  cosine_with_min_lr: '--lr-scheduler-kwargs, which is no flag here',
  warmup_stable_decay: '--lr-scheduler-kwargs, which is no flag here',
};

/** Says of a schedule that is not here why; what is no schedule at all is told by the choices. */
function refuseOtherSchedules(name: string | undefined): string | undefined {
  const needs = name === undefined ? undefined : otherSchedulerTypes[name];
  if (needs === undefined) return name;
  throw new Error(`Expected another --lr-scheduler-type than ${name}, as it needs ${needs}`);
}

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

/** The flags of `train`, and its one word. */
export const trainOptions: Readonly<Record<string, Options>> = {
  model: { type: 'string', describe: 'bert-mini, lstm or transformer' },
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
  'version-2-with-negative': version2Option,
  'model-name-or-path': {
    type: 'string',
    alias: 'checkpoint',
    describe: 'a model of the hub, a folder in Hugging Face layout, or random',
    defaultDescription: 'for bert-mini google/bert_uncased_L-4_H-256_A-4',
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
  'output-dir': {
    type: 'string',
    describe: 'where the run goes',
    defaultDescription: 'runs/<model>',
    requiresArg: true,
  },
  'from-run': {
    type: 'string',
    describe: 'do again what this --output-dir has in its run.json, but for the flags given',
    requiresArg: true,
  },
  'resume-from-checkpoint': {
    type: 'string',
    describe: 'go on from this checkpoint, or without a folder from the newest whole one',
  },
  'overwrite-output-dir': {
    type: 'boolean',
    describe: 'begin anew where the output folder holds an unfinished run',
  },
  ...settingOptions([...preparationSettings, ...trainingSettings, ...evaluationSettings]),
  'lr-scheduler-type': {
    choices: Object.keys(lrSchedulerTypes),
    coerce: refuseOtherSchedules,
    describe: 'how the learning rate goes on after the warmup',
    defaultDescription: 'linear',
    requiresArg: true,
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
  'report-to': {
    choices: ['none', 'tensorboard'],
    describe: 'besides train_log.jsonl: event files in <output-dir>/tensorboard',
    defaultDescription: 'none',
    requiresArg: true,
  },
  'max-train-samples': { type: 'number', describe: 'train on the first N questions', requiresArg: true },
  seed: { type: 'number', describe: 'of weights, batch order and dropout', ...defaultIs('42') },
  eval: {
    type: 'boolean',
    defaultDescription: 'true',
    describe: 'evaluate afterwards; --no-eval leaves it out',
  },
  device: { type: 'string', describe: deviceOptions.device.describe, ...defaultIs('auto') },
  threads: deviceOptions.threads,
  ...kernelOptions,
  json: { type: 'boolean', describe: jsonOption.describe },
};

export const trainCommand: CommandModule<object, GivenTrainArgs> = {
  command: 'train [model]',
  describe: 'train bert-mini, lstm or transformer, then evaluate it',
  builder: trainOptions,
  handler: afterBuild(async () => (await import('./run-training.js')).runTraining),
};
