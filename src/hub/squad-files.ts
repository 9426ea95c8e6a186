import { existsSync } from 'node:fs';
import { rm } from 'node:fs/promises';
import { join } from 'node:path';
import { readExamples } from '../data/read-examples.js';
import { QaError, messageOf } from '../errors.js';
import { download } from './download.js';

/** Where SQuAD's authors publish it. */
const squadSite = 'https://rajpurkar.github.io/SQuAD-explorer/dataset';

/** SQuAD v1.1's files and how many questions each holds. */
const squadFiles = { 'train-v1.1.json': 87_599, 'dev-v1.1.json': 10_570 } as const;

export interface SquadPaths {
  readonly trainFile: string;
  readonly validationFile: string;
}

/** SQuAD v1.1 in a folder of the cache, downloaded and counted where it is not there yet. */
export async function squadPaths(cache: string, site = squadSite): Promise<SquadPaths> {
  const paths = [];
  for (const [name, questions] of Object.entries(squadFiles)) {
    const path = join(cache, 'squad', name);
    if (!existsSync(path)) await fetchSquadFile(`${site}/${name}`, path, questions);
    paths.push(path);
  }
  const [trainFile, validationFile] = paths as [string, string];
  return { trainFile, validationFile };
}

async function fetchSquadFile(url: string, path: string, questions: number): Promise<void> {
  process.stderr.write(`Downloading ${url} …\n`);
  try {
    await download(url, path);
    const { examples } = await readExamples(path);
    if (examples.length !== questions) {
      throw new QaError(`it holds ${examples.length} questions instead of ${questions}`);
    }
  } catch (error) {
    await rm(path, { force: true });
    throw new QaError(
      `Expected SQuAD v1.1 at ${url}, but it could not be had: ${messageOf(error)} ` +
        'Without a network, give the files: --train-file train-v1.1.json --validation-file dev-v1.1.json, or try --dataset sample.',
      'ERR_DATASET',
      { cause: error },
    );
  }
}
