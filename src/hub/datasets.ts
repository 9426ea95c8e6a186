import { access } from 'node:fs/promises';
import { sample } from '../data/sample.js';
import { QaError, UsageError } from '../errors.js';
import { squadPaths } from './squad-files.js';

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

/**
 * The data set that the flags name: files, `--dataset sample`, or SQuAD, which is downloaded to the cache. A file given
 * goes before the data set's own.
 */
export async function resolveDataset(args: DatasetArgs, cache: string): Promise<Dataset> {
  const { dataset, trainFile, validationFile } = args;
  for (const file of [trainFile, validationFile]) {
    if (file !== undefined) await expectFile(file);
  }
  if (dataset === 'sample') {
    return {
      name: 'sample',
      trainFile: trainFile ?? sample.trainFile,
      validationFile: validationFile ?? sample.validationFile,
      vocabFile: sample.vocabFile,
      settings: sample.settings,
      version2WithNegative: false,
    };
  }
  const isSquad =
    dataset === 'squad' || [dataset, trainFile, validationFile].every((flag) => flag === undefined);
  if (isSquad) {
    // Files of one's own need no download.
    const squad = trainFile && validationFile ? { trainFile, validationFile } : await squadPaths(cache);
    return {
      name: 'squad',
      trainFile: trainFile ?? squad.trainFile,
      validationFile: validationFile ?? squad.validationFile,
      vocabFile: undefined,
      settings: {},
      version2WithNegative: false,
    };
  }
  if (dataset !== undefined) {
    throw new UsageError(
      `Expected --dataset to be squad or sample, got "${dataset}"; for files of your own use --train-file and --validation-file.`,
    );
  }
  return {
    name: 'files',
    trainFile,
    validationFile,
    vocabFile: undefined,
    settings: {},
    version2WithNegative: false,
  };
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
