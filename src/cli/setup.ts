import type { CommandModule } from 'yargs';
import { jsonOption } from './options.js';

interface SetupArgs {
  readonly force: boolean;
  readonly json: boolean;
}

export const setupCommand: CommandModule<object, SetupArgs> = {
  command: 'setup',
  describe: 'find or download LibTorch and build the native addon',
  builder: {
    force: { type: 'boolean', default: false, describe: 'build even where the addon is up to date' },
    json: jsonOption,
  },
  handler: async ({ force, json }) => {
    const { buildAddon } = await import('../setup/build.js');
    const { toStderr } = await import('../setup/say.js');
    const stamp = await buildAddon({ force, say: toStderr });
    const sentence = `The addon is built against LibTorch ${stamp.version}${stamp.cuda ? ' with CUDA' : ''}.`;
    process.stdout.write(`${json ? JSON.stringify(stamp) : sentence}\n`);
  },
};
