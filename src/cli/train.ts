import type { CommandModule } from 'yargs';
import type { LrSchedulerType } from '../train/schedule.js';
import { afterBuild } from './after-build.js';
import type { KernelArgs } from './kernel-options.js';
import type { ResumeArgs } from './resume.js';
import type { GivenTrainArgs } from './run-record.js';
import type { EvaluationArgs } from './train-evaluations.js';
import { trainOptions } from './train-options.js';

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

export const trainCommand: CommandModule<object, GivenTrainArgs> = {
  command: 'train [model]',
  describe: 'train bert-mini, lstm or transformer, then evaluate it',
  builder: trainOptions,
  handler: afterBuild(async () => (await import('./run-training.js')).runTraining),
};
