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
    const { linkCommand } = await import('../setup/link-command.js');
    const stamp = await buildAddon({
      force,
      say: (text) => process.stderr.write(`${text}\n`),
    });
    await linkCommand();
    if (json) process.stdout.write(`${JSON.stringify(stamp)}\n`);
    else
      process.stdout.write(
        `The addon is built against LibTorch ${stamp.version}${stamp.cuda ? ' with CUDA' : ''}.\n`,
      );
  },
};
