import { existsSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { basename, join, resolve } from 'node:path';
import { QaError, messageOf } from '../errors.js';

/** What `train` and `eval` left in a run's folder, as far as the report reads it. */
export interface RunFolder {
  readonly name: string;
  /** The loss of each step, in order; none of a run that was evaluated only. */
  readonly losses: readonly number[];
  /** Scores on the way, where there were any. */
  readonly evaluations: readonly { readonly step: number; readonly f1: number }[];
  /** Flags and settings of run.json. */
  readonly flags: Readonly<Record<string, unknown>>;
  readonly trainResults: Readonly<Record<string, number>>;
  readonly evalResults: Readonly<Record<string, number>>;
  /** The best answer of each question, with its probability. */
  readonly answers: ReadonlyMap<string, { readonly text: string; readonly probability: number }>;
}

/** What must stand in each file, and how to tell. */
interface Content<T> {
  readonly what: string;
  readonly fits: (value: unknown) => value is T;
}

const isObject = (value: unknown): value is Record<string, unknown> =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

function objectOf<T>(what: string, fits: (value: unknown) => boolean): Content<Readonly<Record<string, T>>> {
  return {
    what,
    fits: (value): value is Record<string, T> => isObject(value) && Object.values(value).every(fits),
  };
}

function withNumbers<Name extends string>(...names: Name[]): Content<Readonly<Record<Name, number>>> {
  return {
    what: `an object with the numbers ${names.join(' and ')}`,
    fits: (value): value is Record<Name, number> =>
      isObject(value) && names.every((name) => typeof value[name] === 'number'),
  };
}

interface Candidate {
  readonly text: string;
  readonly probability: number;
}

const isCandidate = (value: unknown) =>
  isObject(value) && typeof value['text'] === 'string' && typeof value['probability'] === 'number';

const numbers = objectOf<number>('an object of numbers', (value) => typeof value === 'number');
const texts = objectOf<string>('an object of texts', (value) => typeof value === 'string');
const candidates = objectOf<readonly Candidate[]>(
  'an object of lists with texts and probabilities',
  (value) => Array.isArray(value) && value.every(isCandidate),
);
const record: Content<Pick<RunFolder, 'flags'>> = {
  what: 'an object with flags',
  fits: (value): value is Pick<RunFolder, 'flags'> => isObject(value) && isObject(value['flags']),
};

/**
 * Reads a run. It must have been evaluated; what training leaves may be missing, as where a model of the hub was scored
 * or `eval` had an --output-dir of its own.
 * @throws QaError `ERR_RUN` naming the file that is missing or damaged
 */
export async function readRunFolder(folder: string): Promise<RunFolder> {
  const json = async <T>(name: string, content: Content<T>) =>
    parse(folder, name, await read(folder, name), content);
  const lines = async <T>(name: string, content: Content<T>) =>
    (await read(folder, name))
      .split('\n')
      .filter((line) => line !== '')
      .map((line) => parse(folder, name, line, content));
  const isThere = (name: string) => existsSync(join(folder, name));
  const linesIfThere = async <T>(name: string, content: Content<T>) =>
    isThere(name) ? lines(name, content) : [];

  const nbest = await json('nbest_predictions.json', candidates);
  const predictions = await json('predictions.json', texts);
  // The best candidate is not the answer where a threshold decides whether there is one.
  const probabilityOf = (id: string, answer: string) =>
    nbest[id]?.find(({ text }) => text === answer)?.probability ?? 0;
  const log = await linesIfThere('train_log.jsonl', withNumbers('step', 'loss'));
  return {
    name: basename(resolve(folder)),
    losses: log.map(({ loss }) => loss),
    evaluations: await linesIfThere('eval_log.jsonl', withNumbers('step', 'f1')),
    flags: isThere('run.json') ? (await json('run.json', record)).flags : {},
    trainResults: isThere('train_results.json') ? await json('train_results.json', numbers) : {},
    evalResults: await json('eval_results.json', numbers),
    answers: new Map(
      Object.entries(predictions).map(([id, text]) => [id, { text, probability: probabilityOf(id, text) }]),
    ),
  };
}

async function read(folder: string, name: string): Promise<string> {
  try {
    return await readFile(join(folder, name), 'utf8');
  } catch (error) {
    const problem = existsSync(folder)
      ? `Expected ${name} in ${folder}, but it could not be read (${messageOf(error)}); evaluate the run there ` +
        'with `qa-native eval --model-dir`, or give the folder of another.'
      : `Expected the folder of a run at ${folder}, but there is none; check the name.`;
    throw new QaError(problem, 'ERR_RUN', { cause: error });
  }
}

function parse<T>(folder: string, name: string, text: string, { what, fits }: Content<T>): T {
  try {
    const value: unknown = JSON.parse(text);
    if (fits(value)) return value;
    throw new Error(`it is not ${what}`);
  } catch (error) {
    throw new QaError(
      `Expected JSON in ${join(folder, name)}, but it could not be read (${messageOf(error)}); train or evaluate the run again.`,
      'ERR_RUN',
      { cause: error },
    );
  }
}
