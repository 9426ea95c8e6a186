import { resolve } from 'node:path';
import type { CommandModule } from 'yargs';
import { jsonOption } from './options.js';

interface SetupArgs {
  readonly force: boolean;
  readonly libtorch: string | undefined;
  readonly json: boolean;
}

export const setupCommand: CommandModule<object, SetupArgs> = {
  command: 'setup',
  describe: 'find or download LibTorch and build the native addon',
  builder: {
    force: { type: 'boolean', default: false, describe: 'build even where the addon is up to date' },
    libtorch: {
      type: 'string',
      requiresArg: true,
      describe: 'folder of the LibTorch to build against, in place of LIBTORCH',
    },
    json: jsonOption,
  },
  handler: async ({ force, libtorch, json }) => {
    if (libtorch !== undefined) process.env['LIBTORCH'] = resolve(libtorch);
    const { buildAddon } = await import('../setup/build.js');
    const { toStderr } = await import('../setup/say.js');
    const stamp = await buildAddon({ force, say: toStderr });
    const sentence = `The addon is built against LibTorch ${stamp.version}${stamp.cuda ? ' with CUDA' : ''}.`;
    process.stdout.write(`${json ? JSON.stringify(stamp) : sentence}\n`);
  },
};
