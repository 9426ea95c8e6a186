import { once } from 'node:events';
import { countOf } from '../counts.js';
import { QaError, messageOf } from '../errors.js';
import { atLeastOne, expectNumber } from '../number-range.js';
import { createServer } from '../serve/server.js';
import { loadReader, type ReaderArgs } from './reader-flags.js';

export interface ServeArgs extends ReaderArgs {
  readonly host: string;
  readonly port: number;
  readonly maxQueue: number;
}

/**
 * `qa-native serve`: listens until SIGINT or SIGTERM comes, then answers what was asked, and ends. A second signal ends
 * it at once.
 */
export async function runServer(args: ServeArgs): Promise<void> {
  const { host, port, maxQueue } = args;
  expectNumber('--port', port, { least: 0, most: 65_535, whole: true });
  expectNumber('--max-queue', maxQueue, atLeastOne);
  // Before LibTorch is loaded: its threads sleep while they wait for each other. On a machine that has other work, too,
  // those that spin take the time of those that compute.
  process.env['OMP_WAIT_POLICY'] ??= 'passive';
  await using reader = await loadReader(args);
  const app = await createServer(reader, { host, maxQueue });
  let address: string;
  try {
    // For localhost, fastify opens a second server at ::1, which knows none of the limits of the first and does not end.
    address = await app.listen({ host: host === 'localhost' ? '127.0.0.1' : host, port });
  } catch (error) {
    throw new QaError(
      `Expected to listen at ${host}, port ${port}, but that failed (${messageOf(error)}); give another --port or --host.`,
      'ERR_LISTEN',
      { cause: error },
    );
  }
  // Whoever reads that the server answers may end it at once.
  const signalled = firstSignal();
  process.stdout.write(
    `Answering with ${args.modelNameOrPath ?? args.modelDir} at ${address} (Ctrl-C ends)\n`,
  );
  const signal = await signalled;
  process.stderr.write(
    `qa-native: ${signal}: finishing ${countOf(reader.pending, 'question')}; once more ends at once\n`,
  );
  await app.close();
}

/** The first SIGINT or SIGTERM; what comes after it has its usual effect. */
async function firstSignal(): Promise<string> {
  const waiting = new AbortController();
  const wait = async (signal: string) => {
    await once(process, signal, { signal: waiting.signal });
    return signal;
  };
  const [interrupted, terminated] = [wait('SIGINT'), wait('SIGTERM')];
  const signal = await Promise.race([interrupted, terminated]);
  waiting.abort();
  await Promise.allSettled([interrupted, terminated]);
  return signal;
}
