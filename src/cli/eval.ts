import type { CommandModule } from 'yargs';
import { afterBuild } from './after-build.js';
import type { EvalArgs } from './evaluate-folder.js';
import { kernelOptions } from './kernel-options.js';
import { trainedModelOptions, version2Option } from './options.js';
import { runDataOptions } from './run-data-flags.js';

export const evalCommand: CommandModule<object, EvalArgs> = {
  command: 'eval',
  describe: 'evaluate a trained model: EM and F1 as the notebook computes them',
  builder: {
    ...trainedModelOptions,
    ...kernelOptions,
    ...runDataOptions,
    'version-2-with-negative': version2Option,
    'output-dir': {
      type: 'string',
      describe: 'where the predictions go',
      defaultDescription: 'the --model-dir, or runs/<name>',
      requiresArg: true,
    },
  },
  handler: afterBuild(async () => (await import('./evaluate-folder.js')).evaluateFolder),
};
