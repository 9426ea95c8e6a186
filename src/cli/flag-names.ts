import { trainOptions } from './train-options.js';

/** A flag's name as yargs gives it to a command: `version-2-with-negative` becomes `version2WithNegative`. */
export function camel(name: string): string {
  return name.replace(/-(\w)/g, (_, letter: string) => letter.toUpperCase());
}

/** The flags of `train` as they are typed, by the names that programs and run.json have for them. */
export const typedFlags: ReadonlyMap<string, string> = new Map(
  Object.keys(trainOptions).map((name) => [camel(name), name]),
);
