import type { CommandModule } from 'yargs';
import { afterBuild } from './after-build.js';
import { numberFlag } from './number-flags.js';
import { jsonOption, version2Option } from './options.js';
import type { PredictArgs } from './predict-answer.js';
import { readerFlags } from './reader-flags.js';

export const predictCommand: CommandModule<object, PredictArgs> = {
  command: 'predict',
  describe: 'answer a question about a context, a file of questions, or questions as they are typed',
  builder: {
    question: {
      type: 'string',
      describe: 'what to ask; without it, asks on standard input',
      requiresArg: true,
    },
    context: { type: 'string', describe: 'the text that holds the answer', requiresArg: true },
    'context-file': { type: 'string', describe: 'a file with that text', requiresArg: true },
    input: {
      type: 'string',
      describe: 'JSON Lines to answer: an object with question and context a line',
      requiresArg: true,
    },
    output: { type: 'string', describe: 'where these go, with their answers', requiresArg: true },
    'top-k': { ...numberFlag, default: 1, describe: 'answers to give, best first' },
    'version-2-with-negative': version2Option,
    ...readerFlags,
    json: { ...jsonOption, describe: 'print one JSON object an answer' },
  },
  handler: afterBuild(async () => (await import('./predict-answer.js')).predict),
};
