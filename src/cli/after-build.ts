import { loading } from './interrupt.js';

/**
 * The handler of a command that computes: builds the addon where that is still to be done, and only then loads what
 * needs it, so that `--help` loads nothing native.
 */
export function afterBuild<Args>(load: () => Promise<(args: Args) => Promise<void>>) {
  return async (args: Args): Promise<void> => {
    const { ensureAddon } = await import('../setup/build.js');
    await ensureAddon();
    const command = await loading(load);
    await command(args);
  };
}
