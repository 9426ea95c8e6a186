import { existsSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { isDeepStrictEqual } from 'node:util';
import { QaError, messageOf } from '../../src/errors.js';
import type { ArithmeticName } from './arithmetics.js';
import type { Machine, Software } from './machine.js';
import type { Score } from './score-run.js';

/** A file of scores, `bench/scores/<name>.json`: what decides them, and those that are done. */
export interface Scores {
  readonly machine: Machine;
  readonly software: Software;
  readonly settings: ScoreSettings;
  readonly arithmetics: readonly ArithmeticName[];
  readonly seeds: readonly number[];
  readonly runs: readonly Score[];
}

/** With Hugging Face's names. */
export interface ScoreSettings {
  /** The checkpoint's name, without its path. */
  readonly model: string;
  readonly train_file: string;
  readonly articles: number;
  readonly questions: number;
  readonly features: number;
  readonly held_out_articles: number;
  readonly held_out_questions: number;
  readonly num_train_epochs: number;
  readonly steps: number;
  readonly batch_size: number;
  readonly max_seq_length: number;
  readonly doc_stride: number;
  readonly learning_rate: number;
  readonly warmup_ratio: number;
  readonly device: string;
  readonly threads: number;
}

export async function readScores(path: string): Promise<Scores> {
  try {
    return JSON.parse(await readFile(path, 'utf8')) as Scores;
  } catch (error) {
    throw new QaError(
      `Expected a file of scores in ${path}, but it could not be read (${messageOf(error)}); remove it to measure anew.`,
      'ERR_BENCH',
      { cause: error },
    );
  }
}

/**
 * What an interrupted measurement left at `path`, to go on from; else `asked` itself, without runs.
 * @throws QaError `ERR_BENCH` where what is there was measured in another way
 */
export async function resumeScores(path: string, asked: Scores): Promise<Scores> {
  if (!existsSync(path)) return asked;
  const kept = await readScores(path);
  const other = differences({ ...kept, runs: [] }, { ...asked, runs: [] });
  if (other.length === 0) return kept;
  throw new QaError(
    `Expected ${path} to hold scores measured as asked, but it has another ${other.join(', ')}; ` +
      'ask as before to go on, give another --output-dir, or remove the file.',
    'ERR_BENCH',
  );
}

/** Names of the fields that are not the same, with those of objects inside. */
function differences(a: object, b: object): string[] {
  const [left, right] = [a, b] as Record<string, unknown>[];
  return Object.keys({ ...a, ...b }).flatMap((name) => {
    const [x, y] = [left[name], right[name]];
    if (isDeepStrictEqual(x, y)) return [];
    return isRecord(x) && isRecord(y) ? differences(x, y).map((inner) => `${name}.${inner}`) : [name];
  });
}

function isRecord(value: unknown): value is object {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
