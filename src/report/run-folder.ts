import { existsSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { basename, join, resolve } from 'node:path';
import { QaError, messageOf } from '../errors.js';

/** What `train` and `eval` left in a run's folder, as far as the report reads it. */
export interface RunFolder {
  readonly name: string;
  /** The loss of each step, in order. */
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

type Numbers = Readonly<Record<string, number>>;

/**
 * Reads a run. It must have been trained and evaluated; run.json and eval_log.jsonl may be missing.
 * @throws QaError `ERR_RUN` naming the file that is missing or damaged
 */
export async function readRunFolder(folder: string): Promise<RunFolder> {
  const json = async (name: string) => parse(folder, name, await read(folder, name));
  const lines = (name: string, text: string) =>
    text
      .split('\n')
      .filter((line) => line !== '')
      .map((line) => parse(folder, name, line) as Numbers);
  const optional = async (name: string) => (existsSync(join(folder, name)) ? read(folder, name) : undefined);

  const log = lines('train_log.jsonl', await read(folder, 'train_log.jsonl'));
  const evaluations = lines('eval_log.jsonl', (await optional('eval_log.jsonl')) ?? '');
  const record = await optional('run.json');
  const nbest = (await json('nbest_predictions.json')) as Record<string, { probability: number }[]>;
  const predictions = (await json('predictions.json')) as Record<string, string>;
  return {
    name: basename(resolve(folder)),
    losses: log.map(({ loss }) => loss),
    evaluations: evaluations.map(({ step, f1 }) => ({ step, f1 })),
    flags:
      record === undefined
        ? {}
        : (parse(folder, 'run.json', record) as { flags: Record<string, unknown> }).flags,
    trainResults: (await json('train_results.json')) as Numbers,
    evalResults: (await json('eval_results.json')) as Numbers,
    answers: new Map(
      Object.entries(predictions).map(([id, text]) => [
        id,
        { text, probability: nbest[id]?.[0]?.probability ?? 0 },
      ]),
    ),
  };
}

async function read(folder: string, name: string): Promise<string> {
  try {
    return await readFile(join(folder, name), 'utf8');
  } catch (error) {
    throw new QaError(
      `Expected ${name} in ${folder}, but it could not be read (${messageOf(error)}); give the folder of a run that was trained and evaluated.`,
      'ERR_RUN',
      { cause: error },
    );
  }
}

function parse(folder: string, name: string, text: string): unknown {
  try {
    return JSON.parse(text);
  } catch (error) {
    throw new QaError(
      `Expected JSON in ${join(folder, name)}, but it could not be parsed (${messageOf(error)}); train or evaluate the run again.`,
      'ERR_RUN',
      { cause: error },
    );
  }
}
