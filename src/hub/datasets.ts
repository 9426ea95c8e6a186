import { access } from 'node:fs/promises';
import { sample } from '../data/sample.js';
import { QaError, UsageError } from '../errors.js';
import { squadEditions, squadPath, type SquadEdition, type SquadSplit } from './squad-files.js';

/** The files of a data set and of a tokenizer that it brings, with settings of its own. */
export interface Dataset {
  readonly name: string;
  readonly trainFile: string | undefined;
  readonly validationFile: string | undefined;
  /** Vocabulary for models that start from random weights; undefined where the user has to name one. */
  readonly vocabFile: string | undefined;
  readonly settings: Readonly<Record<string, number>>;
  /** Whether some of its questions have no answer: what `--version-2-with-negative` says where it is not given. */
  readonly version2WithNegative: boolean;
}

export interface DatasetArgs {
  readonly dataset?: string | undefined;
  readonly trainFile?: string | undefined;
  readonly validationFile?: string | undefined;
}

const both: readonly SquadSplit[] = ['train', 'validation'];

/**
 * The data set that the flags name: files, `--dataset sample`, or an edition of SQuAD, which is downloaded to the cache;
 * by default `squad`. A file given goes before the data set's own.
 *
 * @param splits what is wanted: nothing else is downloaded
 */
export async function resolveDataset(
  args: DatasetArgs,
  cache: string,
  splits: readonly SquadSplit[] = both,
): Promise<Dataset> {
  const { trainFile, validationFile } = args;
  for (const file of [trainFile, validationFile]) {
    if (file !== undefined) await expectFile(file);
  }
  const hasFiles = trainFile !== undefined || validationFile !== undefined;
  const name = args.dataset ?? (hasFiles ? 'files' : 'squad');
  const own = {
    name,
    trainFile,
    validationFile,
    vocabFile: undefined,
    settings: {},
    version2WithNegative: false,
  };
  if (name === 'files' && args.dataset === undefined) return own;
  if (name === 'sample') {
    const { vocabFile, settings } = sample;
    return {
      ...own,
      trainFile: trainFile ?? sample.trainFile,
      validationFile: validationFile ?? sample.validationFile,
      vocabFile,
      settings,
    };
  }
  if (!isEdition(name)) {
    throw new UsageError(
      `Expected --dataset to be squad, squad_v2 or sample, got "${name}"; for files of your own use --train-file and --validation-file.`,
    );
  }
  // Files of one's own need no download.
  const file = async (split: SquadSplit, given: string | undefined) =>
    given ?? (splits.includes(split) ? await squadPath(cache, name, split) : undefined);
  return {
    ...own,
    trainFile: await file('train', trainFile),
    validationFile: await file('validation', validationFile),
    version2WithNegative: name === 'squad_v2',
  };
}

function isEdition(name: string): name is SquadEdition {
  return Object.hasOwn(squadEditions, name);
}

async function expectFile(path: string): Promise<void> {
  try {
    await access(path);
  } catch {
    throw new QaError(
      `Expected a file of questions at ${path}, but there is none; check the path.`,
      'ERR_NO_FILE',
    );
  }
}
