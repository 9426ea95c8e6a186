import type { CommandModule } from 'yargs';
import { jsonOption, preparationSettings, settingOptions, version2Option } from './options.js';
import type { CheckArgs } from './run-check.js';
import { tokenizerOptions } from './tokenizer-flags.js';

export const checkCommand: CommandModule<object, CheckArgs> = {
  command: 'check',
  describe: 'say what would go wrong in training on a file of questions',
  builder: {
    'train-file': {
      type: 'string',
      describe: 'questions: SQuAD JSON, CSV, JSON Lines or Parquet',
      requiresArg: true,
    },
    dataset: { type: 'string', describe: 'squad, squad_v2 or sample', requiresArg: true },
    'version-2-with-negative': version2Option,
    ...tokenizerOptions,
    ...settingOptions([...preparationSettings, 'maxAnswerLength']),
    json: jsonOption,
  },
  handler: async (args) => (await import('./run-check.js')).runCheck(args),
};
