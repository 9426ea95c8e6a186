import type { CommandModule, Options } from 'yargs';
import { UsageError, messageOf } from '../errors.js';
import { nearest } from './nearest.js';
import { kebab } from './options.js';

/** What `run_qa.py` has that has another name here. */
const otherNames: Readonly<Record<string, string>> = {
  '--dataset-name': '--dataset',
  '--do-train': 'the command train',
  '--do-eval': 'the command eval',
  '--do-predict': 'the command predict',
  '--evaluation-strategy': '--eval-strategy',
  '--model-revision': '--model-name-or-path NAME@REVISION',
  '--cache-dir': 'HF_HUB_CACHE in the environment',
  '--overwrite-cache': 'QA_NATIVE_FEATURE_CACHE=off in the environment',
  '--token': 'HF_TOKEN in the environment',
  '--fp16': '--bf16',
  '--no-cuda': '--device cpu',
  '--use-cpu': '--device cpu',
};

/** A command line that yargs refused. */
interface Refused {
  readonly words: readonly string[];
  readonly commands: readonly CommandModule[];
  /** The command that the first word names, if it names one. */
  readonly command: CommandModule | undefined;
}

/** What yargs's complaints begin with, and the sentence that is made of what follows: what was expected and what came. */
const sentences: readonly (readonly [RegExp, (rest: string, refused: Refused) => string])[] = [
  [/^Unknown arguments?: (.*)/, unknown],
  [/^Not enough arguments following: (.*)/, (name) => `Expected a value after --${name}, but none came`],
  [
    /^Missing required arguments?: (.*)/,
    (names) => `Expected --${names.replaceAll(', ', ' and --')} to be given`,
  ],
  [/^Invalid values: Argument: (.*)/, notAChoice],
  [
    /^Not enough non-option arguments: (.*)/,
    (_, { command }) => `Expected \`qa-native ${String(command?.command)}\`, but nothing came to put there`,
  ],
];

/** What yargs complains of (in English), in the form of all errors. */
export function wrongUsage(
  complaint: string,
  words: readonly string[],
  commands: readonly CommandModule[],
): UsageError {
  const command = commandOf(words, commands);
  const help = command === undefined ? '--help' : `${nameOf(command)} --help`;
  const line = messageOf(complaint);
  const said = sentences.flatMap(([pattern, describe]) => {
    const rest = pattern.exec(line)?.[1];
    return rest === undefined ? [] : [describe(rest, { words, commands, command })];
  });
  return new UsageError(`${messageOf(said[0] ?? line)}; see \`qa-native ${help}\`.`);
}

/** Throws where a flag has an empty text, as of a shell's variable that is not set: it would stand for the working folder. */
export function expectValues(
  args: Readonly<Record<string, unknown>>,
  command: CommandModule | undefined,
): void {
  for (const [name, { requiresArg = false, describe = name }] of Object.entries(optionsOf(command))) {
    const value = args[name];
    if (Array.isArray(value) && value.includes('')) {
      throw new UsageError(`Expected ${describe}, got an empty name; give one, or leave it out.`);
    }
    if (!requiresArg || value !== '') continue;
    throw new UsageError(
      `Expected a value after --${name}, got an empty one; give one, or leave the flag out.`,
    );
  }
}

/** A flag or word too many. yargs names flags by both of their spellings. */
function unknown(rest: string, { words, commands, command }: Refused): string {
  if (command === undefined) {
    const [first = ''] = words;
    return `Expected a command first, got ${first}${hint(first, commands.map(nameOf))}`;
  }
  const typed = new Set(rest.split(', ').map((name) => asTyped(name, words)));
  const flags = flagsOf(command);
  const came = [...typed].map((word) => `${word}${hint(word, flags)}`);
  return `Expected what \`qa-native ${nameOf(command)}\` takes, got ${came.join(', ')}`;
}

function hint(word: string, known: readonly string[]): string {
  const here = otherNames[word];
  if (here !== undefined) return ` (here: ${here})`;
  const meant = nearest(word, known);
  return meant === undefined ? '' : ` (perhaps ${meant})`;
}

function asTyped(name: string, words: readonly string[]): string {
  const spellings = [name, `-${name}`, `--${name}`, `--${kebab(name)}`, `--no-${kebab(name)}`];
  return words.map((word) => word.replace(/=.*/s, '')).find((word) => spellings.includes(word)) ?? name;
}

function notAChoice(rest: string, { command }: Refused): string {
  const [name] = rest.split(', ');
  const [, given = ''] = /, Given: (".*?"), Choices: /.exec(rest) ?? [];
  const choices = optionsOf(command)[name]?.choices ?? [];
  return `Expected --${name} to be one of ${choices.join(', ')}, got ${given}`;
}

/** The command that the first word names; undefined where it names none. */
export function commandOf(
  [first]: readonly (string | number)[],
  commands: readonly CommandModule[],
): CommandModule | undefined {
  return commands.find((command) => nameOf(command) === first);
}

function nameOf({ command }: CommandModule): string {
  return String(command).split(' ')[0];
}

export function optionsOf(command: CommandModule | undefined): Readonly<Record<string, Options>> {
  return typeof command?.builder === 'object' ? command.builder : {};
}

function flagsOf(command: CommandModule): string[] {
  return Object.entries(optionsOf(command)).flatMap(([name, { alias = [], type }]) => {
    const names = [name, ...[alias].flat()];
    return [...names, ...(type === 'boolean' ? names.map((one) => `no-${one}`) : [])].map(
      (one) => `--${one}`,
    );
  });
}
