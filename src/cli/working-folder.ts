import { messageOf } from '../errors.js';

/** Ends the process where the shell stands in a folder that was removed: yargs cannot even be loaded there. */
export function expectWorkingFolder(): void {
  try {
    process.cwd();
  } catch (error) {
    process.stderr.write(
      `qa-native: Expected to run in a folder that is there, but it was removed (${messageOf(error)}); change into another.\n`,
    );
    process.exit(1);
  }
}
