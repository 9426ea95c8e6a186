import type { CommandModule } from 'yargs';
import { afterBuild } from './after-build.js';
import { reproduceOptions, type ReproduceArgs } from './reproduce-options.js';

export const reproduceCommand: CommandModule<object, ReproduceArgs> = {
  command: 'reproduce',
  describe: 'the notebook from top to bottom: three models on SQuAD v1.1, its figures beside those here',
  builder: reproduceOptions,
  handler: afterBuild(async () => (await import('./run-reproduce.js')).runReproduce),
};
