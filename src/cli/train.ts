import type { CommandModule } from 'yargs';
import { afterBuild } from './after-build.js';
import type { GivenTrainArgs } from './run-record.js';
import { trainOptions } from './train-options.js';

export const trainCommand: CommandModule<object, GivenTrainArgs> = {
  command: 'train [model]',
  describe: 'train bert-mini, lstm or transformer, then evaluate it',
  builder: trainOptions,
  handler: afterBuild(async () => (await import('./run-training.js')).runTraining),
};
