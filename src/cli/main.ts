import { createRequire } from 'node:module';
import type { CommandModule } from 'yargs';
import type createParser from 'yargs';
import { QaError } from '../errors.js';
import { checkCommand } from './check.js';
import { describeError } from './describe-error.js';
import { doctorCommand } from './doctor.js';
import { evalCommand } from './eval.js';
import { featuresCommand } from './features.js';
import { hyphenated } from './hyphenated.js';
import { predictCommand } from './predict.js';
import { reportCommand } from './report.js';
import { reproduceCommand } from './reproduce.js';
import { scoreCommand } from './score.js';
import { serveCommand } from './serve.js';
import { setupCommand } from './setup.js';
import { packageVersion } from '../setup/package-version.js';
import { trainCommand } from './train.js';
import { commandOf, expectValues, optionsOf, wrongUsage } from './wrong-usage.js';

// Version 17's CommonJS build breaks the lines of --help between words, its ES build within them.
const yargs = createRequire(import.meta.url)('yargs') as typeof createParser;

/** Every command of `qa-native`. Each loads what it needs when it runs, so that `--help` loads nothing native. */
const commands = [
  trainCommand,
  evalCommand,
  predictCommand,
  reproduceCommand,
  reportCommand,
  serveCommand,
  scoreCommand,
  featuresCommand,
  checkCommand,
  setupCommand,
  doctorCommand,
] as unknown as CommandModule[];

/** Runs one command line and returns the exit code: 0, 1 (failed) or 2 (wrong usage). */
export async function main(argv: readonly string[]): Promise<number> {
  const words = argv.map(hyphenated);
  const parser = yargs(words)
    .scriptName('qa-native')
    .usage('$0 <command>\n\nTrains, evaluates and serves extractive question-answering readers (SQuAD).')
    .command(commands)
    .demandCommand(1, 'Expected a command, but none came')
    .strict()
    .middleware([takeLast, expectNoneEmpty], true)
    .exitProcess(false)
    .alias('help', 'h')
    .version(packageVersion())
    // As all else that is said here, whatever language the machine's is.
    .locale('en')
    .wrap(Math.min(110, process.stdout.columns || 110))
    .fail((message: string | null, error: Error | undefined) => {
      // What yargs itself complains of has a message here, what a command throws has none.
      if (message === null && error !== undefined) throw error;
      throw wrongUsage(message ?? 'Wrong usage', words, commands);
    });
  try {
    await parser.parseAsync();
    return Number(process.exitCode ?? 0);
  } catch (error) {
    return report(error, Object.keys(optionsOf(commandOf(words, commands))));
  }
}

/** Of a flag that comes twice the last one counts, as for argparse. Only a report's runs are many. */
function takeLast(args: Record<string, unknown>): void {
  for (const [name, value] of Object.entries(args)) {
    if (Array.isArray(value) && name !== '_' && name !== 'runs') args[name] = value.at(-1);
  }
}

function expectNoneEmpty(args: { readonly _: readonly (string | number)[] }): void {
  expectValues(args, commandOf(args._, commands));
}

/** Prints one sentence for errors that a user can act on, a stack trace for ours. */
function report(error: unknown, flags: readonly string[]): number {
  process.stderr.write(`${describeError(error, flags)}\n`);
  return error instanceof QaError ? error.exitCode : 1;
}
