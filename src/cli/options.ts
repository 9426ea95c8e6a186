import type { Options } from 'yargs';
import { expectNumber, type NumberRange } from '../number-range.js';
import { trainingRanges } from '../train/ranges.js';
import { numberFlag } from './number-flags.js';

/** The notebook's settings under the names that users of `run_qa.py` type. */
export const notebookSettings = {
  maxSeqLength: 384,
  docStride: 128,
  perDeviceTrainBatchSize: 12,
  perDeviceEvalBatchSize: 12,
  learningRate: 3e-5,
  numTrainEpochs: 2,
  maxSteps: -1,
  warmupSteps: 0,
  warmupRatio: 0,
  gradientAccumulationSteps: 1,
  weightDecay: 0,
  labelSmoothing: 0,
  maxGradNorm: 1.0,
  loggingSteps: 1000,
  saveSteps: 500,
  saveTotalLimit: 2,
  evalSteps: 500,
  earlyStoppingPatience: 0,
  nBestSize: 20,
  maxAnswerLength: 30,
  nullScoreDiffThreshold: 0,
};

export type Settings = typeof notebookSettings;

type SettingName = keyof Settings;

interface SettingRow extends NumberRange {
  readonly describe: string;
  readonly alias?: string;
}

/** How each setting reads in `--help`, and the least and the greatest value that make sense. */
const settingTable: Record<SettingName, SettingRow> = {
  maxSeqLength: {
    describe: 'positions of a window, question and special tokens included',
    least: 5,
    whole: true,
  },
  docStride: { describe: 'tokens that two windows of one context share', least: 0, whole: true },
  perDeviceTrainBatchSize: {
    describe: 'windows a training step',
    ...trainingRanges.perDeviceTrainBatchSize,
    alias: 'batch-size',
  },
  perDeviceEvalBatchSize: { describe: 'windows an evaluation batch', least: 1, whole: true },
  learningRate: { describe: 'peak of the schedule', ...trainingRanges.learningRate },
  numTrainEpochs: {
    describe: 'passes over the training set; 0.5 is half of one',
    ...trainingRanges.numTrainEpochs,
    alias: 'epochs',
  },
  maxSteps: { describe: 'steps in all, which the schedule spans; -1: by epochs', ...trainingRanges.maxSteps },
  warmupSteps: { describe: 'steps of rising learning rate', ...trainingRanges.warmupSteps },
  warmupRatio: {
    describe: 'the same as a part of all steps, where --warmup-steps is 0',
    ...trainingRanges.warmupRatio,
  },
  gradientAccumulationSteps: {
    describe: 'batches a training step',
    ...trainingRanges.gradientAccumulationSteps,
  },
  weightDecay: { describe: "AdamW's, but of biases and LayerNorm", ...trainingRanges.weightDecay },
  labelSmoothing: {
    describe: "the cross entropy's label_smoothing, as in PyTorch",
    ...trainingRanges.labelSmoothing,
  },
  maxGradNorm: {
    describe: 'joint norm to which gradients are clipped; 0: not at all',
    ...trainingRanges.maxGradNorm,
  },
  loggingSteps: { describe: 'steps between two printed losses', least: 1, whole: true },
  saveSteps: { describe: 'steps between two checkpoints; 0 for none', least: 0, whole: true },
  saveTotalLimit: { describe: 'checkpoints that are kept', least: 1, whole: true },
  evalSteps: { describe: 'steps between two evaluations, with --eval-strategy steps', least: 1, whole: true },
  earlyStoppingPatience: {
    describe: 'evaluations without a better one after which training ends; 0: never',
    least: 0,
    whole: true,
  },
  nBestSize: { describe: 'best starts and ends that are combined', least: 1, whole: true },
  maxAnswerLength: { describe: 'tokens of the longest answer', least: 1, whole: true },
  nullScoreDiffThreshold: {
    describe: 'by how much "no answer" must score higher than the best answer to be given',
    least: -Infinity,
    whole: false,
  },
};

export const preparationSettings = ['maxSeqLength', 'docStride'] as const satisfies SettingName[];
export const evaluationSettings = [
  'perDeviceEvalBatchSize',
  'nBestSize',
  'maxAnswerLength',
  'nullScoreDiffThreshold',
] as const satisfies SettingName[];
export const trainingSettings = [
  'perDeviceTrainBatchSize',
  'learningRate',
  'numTrainEpochs',
  'maxSteps',
  'warmupSteps',
  'warmupRatio',
  'gradientAccumulationSteps',
  'weightDecay',
  'labelSmoothing',
  'maxGradNorm',
] as const satisfies SettingName[];

export const loggingSettings = [
  'loggingSteps',
  'saveSteps',
  'saveTotalLimit',
] as const satisfies SettingName[];
export const evaluationOnTheWaySettings = [
  'evalSteps',
  'earlyStoppingPatience',
] as const satisfies SettingName[];

/**
 * yargs options for some settings. They have no yargs default, so that a data set's own settings can come between.
 * @param first what comes before the notebook's value, for `--help`
 */
export function settingOptions(names: readonly SettingName[], first = ''): Record<string, Options> {
  return Object.fromEntries(
    names.map((name): [string, Options] => {
      const { describe, alias } = settingTable[name];
      return [
        kebab(name),
        {
          ...numberFlag,
          describe,
          defaultDescription: `${first}${notebookSettings[name]}`,
          ...(alias === undefined ? {} : { alias }),
        },
      ];
    }),
  );
}

/** The notebook's settings, overridden by a data set's, overridden by the command line's. Throws on senseless values. */
export function resolveSettings(own: Partial<Settings>, args: Record<string, unknown>): Settings {
  const settings = { ...notebookSettings, ...own };
  for (const name of Object.keys(settingTable) as SettingName[]) {
    const value = args[name];
    if (value === undefined) continue;
    expectNumber(`--${kebab(name)}`, value, settingTable[name]);
    settings[name] = value;
  }
  return settings;
}

/** Options of every command that computes. */
export const deviceOptions = {
  device: { type: 'string', default: 'auto', describe: 'auto, cpu, cuda or cuda:<index>', requiresArg: true },
  threads: {
    ...numberFlag,
    describe: 'threads of one operation; by default all that the process may use',
  },
} as const satisfies Record<string, Options>;

export const jsonOption = {
  type: 'boolean',
  default: false,
  describe: 'print one JSON object',
} as const satisfies Options;

/** Of commands that score answers: no default, so that a data set may bring its own. */
export const version2Option = {
  type: 'boolean',
  describe: 'questions may have no answer, as in SQuAD v2.0',
} as const satisfies Options;

export const modelDirOption = {
  type: 'string',
  default: 'runs/bert-mini',
  describe: 'a trained model',
  requiresArg: true,
} as const satisfies Options;

/** Beside `--model-dir`: what is trained elsewhere. */
export const trainedElsewhereOption = {
  type: 'string',
  alias: 'checkpoint',
  describe: 'a trained model of the hub (name or name@revision), or a folder, instead of --model-dir',
  requiresArg: true,
} as const satisfies Options;

/** Before a default, where a run's own value comes first. */
export const ofTheRun = "the run's, else ";

/** Options of every command that evaluates a trained model. */
export const trainedModelOptions = {
  'model-dir': modelDirOption,
  'model-name-or-path': trainedElsewhereOption,
  ...settingOptions([...preparationSettings, ...evaluationSettings], ofTheRun),
  ...deviceOptions,
  json: jsonOption,
} as const satisfies Record<string, Options>;

export function kebab(name: string): string {
  return name.replace(/[A-Z]/g, (letter) => `-${letter.toLowerCase()}`);
}
