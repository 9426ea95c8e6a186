import type { CommandModule } from 'yargs';
import { afterBuild } from './after-build.js';
import { trainedModelOptions } from './options.js';

export interface PredictArgs {
  readonly modelDir: string;
  readonly question: string;
  readonly context: string;
  readonly topK: number;
  readonly device: string;
  readonly threads: number | undefined;
  readonly json: boolean;
}

export const predictCommand: CommandModule<object, PredictArgs> = {
  command: 'predict',
  describe: 'answer a question about a context',
  builder: {
    ...trainedModelOptions,
    question: { type: 'string', demandOption: true, describe: 'what to ask', requiresArg: true },
    context: {
      type: 'string',
      demandOption: true,
      describe: 'the text that holds the answer',
      requiresArg: true,
    },
    'top-k': { type: 'number', default: 1, describe: 'answers to give, best first', requiresArg: true },
  },
  handler: afterBuild(async () => (await import('./predict-answer.js')).predictAnswer),
};
