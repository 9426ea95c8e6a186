import type { CommandModule } from 'yargs';
import { afterBuild } from './after-build.js';
import { numberFlag } from './number-flags.js';
import { readerFlags } from './reader-flags.js';
import type { ServeArgs } from './run-server.js';

export const serveCommand: CommandModule<object, ServeArgs> = {
  command: 'serve',
  describe: 'answer questions over HTTP, with a page to ask them on',
  builder: {
    host: { type: 'string', default: '127.0.0.1', describe: 'address to listen at', requiresArg: true },
    port: {
      ...numberFlag,
      default: 8080,
      describe: 'port to listen at; 0 takes a free one',
    },
    'max-queue': {
      ...numberFlag,
      default: 256,
      describe: 'questions that may wait; further ones get 503',
    },
    ...readerFlags,
  },
  handler: afterBuild(async () => (await import('./run-server.js')).runServer),
};
