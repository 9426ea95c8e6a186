import { messageOf } from '../errors.js';

/**
 * Keeps a command alive whose output nobody reads any more (`| head`, a terminal that went away): a run goes on to its
 * end. Where the output cannot be written for another reason, such as a full disk, that is said, and the exit code is 1.
 */
export function outliveOutput(): void {
  for (const [name, stream] of Object.entries({ output: process.stdout, error: process.stderr })) {
    let isTold = false;
    stream.on('error', (error: NodeJS.ErrnoException) => {
      if (error.code === 'EPIPE' || isTold) return;
      isTold = true;
      process.exitCode = 1;
      process.stderr.write(
        `qa-native: Expected to write to standard ${name}, but that failed (${messageOf(error)}); free some space or send it elsewhere.\n`,
      );
    });
  }
}
