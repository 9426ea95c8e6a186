import { setImmediate as nextTurn } from 'node:timers/promises';
import { QaError } from '../errors.js';

/**
 * The signals that ask a run to end, with the exit codes that shells give them: 128 and the signal's number. SIGHUP comes
 * when the terminal is closed, also under nohup: Node takes back that it is ignored.
 */
const exitCodes = { SIGHUP: 129, SIGINT: 130, SIGTERM: 143 } as const;

type Signal = keyof typeof exitCodes;
const signals = Object.keys(exitCodes) as Signal[];

/** Hears the first signal, which whoever runs asks for between two steps; the second one ends the process at once. */
export class Interrupt {
  #signal: Signal | undefined;

  constructor() {
    for (const signal of signals) process.on(signal, this.#hear);
  }

  get signal(): Signal | undefined {
    return this.#signal;
  }

  /** Leaves the signals to whoever had them before. */
  dispose(): void {
    for (const signal of signals) process.off(signal, this.#hear);
  }

  readonly #hear = (signal: Signal): void => {
    if (this.#signal !== undefined) process.exit(exitCodes[signal]);
    this.#signal = signal;
    process.stderr.write(`\nqa-native: ${signal}: ends after this step; once more ends at once.\n`);
  };
}

/** Does what may be left at any moment: a signal ends the process at once, with a sentence on what there is. */
export async function leavable<T>(whatThereIs: string, work: () => Promise<T>): Promise<T> {
  const leave = (signal: Signal): void => {
    process.stderr.write(`\nqa-native: ${signal}: ${whatThereIs}\n`);
    process.exit(exitCodes[signal]);
  };
  for (const signal of signals) process.on(signal, leave);
  try {
    return await work();
  } finally {
    // A signal that came in work's last moment is heard in a turn from here, which may have passed that point already.
    for (let turns = 0; turns < 2; turns += 1) await nextTurn();
    for (const signal of signals) process.off(signal, leave);
  }
}

/** Loads a part of the program, which takes a while: a signal meanwhile finds somebody who answers. */
export function loading<T>(load: () => Promise<T>): Promise<T> {
  return leavable('ended before anything began.', load);
}

/** A run that a signal ended where it can go on. */
export class Interrupted extends QaError {
  override readonly exitCode: number;

  constructor(signal: Signal, message: string) {
    super(message, 'ERR_INTERRUPTED');
    this.exitCode = exitCodes[signal];
  }
}
