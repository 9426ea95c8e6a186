import type { Options } from 'yargs';
import { QaError } from '../errors.js';
import { camel } from './flag-names.js';

/**
 * Throws where the flags of a run.json are none that the command takes: the command line's own are checked as they are
 * parsed, these have been in a file.
 * @param options the command's, by kebab-case name
 * @param source names the file in the error
 */
export function expectFlags(
  flags: Readonly<Record<string, unknown>>,
  options: Readonly<Record<string, Options>>,
  source: string,
): void {
  const byName = new Map(Object.entries(options).map(([name, option]) => [camel(name), option]));
  for (const [name, value] of Object.entries(flags)) {
    const option = byName.get(name);
    const type = option?.choices === undefined ? option?.type : 'string';
    const isChoice = option?.choices?.some((choice) => choice === value) ?? true;
    if (typeof value === type && isChoice) continue;
    throw new QaError(
      `Expected the flags of \`qa-native train\` in ${source}, got "${name}" with ${JSON.stringify(value)}; give the --output-dir of a run that this version did.`,
      'ERR_NO_RUN',
    );
  }
}
