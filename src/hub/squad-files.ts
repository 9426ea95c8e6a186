import { existsSync } from 'node:fs';
import { readFile, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { getRepoFolderName } from '@huggingface/hub';
import { readExamples } from '../data/read-examples.js';
import { QaError, messageOf } from '../errors.js';
import { writeFileAtomic } from '../formats/atomic-file.js';
import { fileHash } from '../formats/file-hash.js';
import { download } from './download.js';
import { hubSettings } from './hub-settings.js';

/** Where one file of SQuAD can be had, and how many questions it holds. */
interface SquadFile {
  /** At its authors' site. */
  readonly json: string;
  /** In the hub's data set. */
  readonly parquet: string;
  readonly questions: number;
}

/** SQuAD v1.1 and v2.0, by their names on the hub. */
export const squadEditions = {
  squad: {
    version: 'v1.1',
    train: {
      json: 'train-v1.1.json',
      parquet: 'plain_text/train-00000-of-00001.parquet',
      questions: 87_599,
    },
    validation: {
      json: 'dev-v1.1.json',
      parquet: 'plain_text/validation-00000-of-00001.parquet',
      questions: 10_570,
    },
  },
  squad_v2: {
    version: 'v2.0',
    train: {
      json: 'train-v2.0.json',
      parquet: 'squad_v2/train-00000-of-00001.parquet',
      questions: 130_319,
    },
    validation: {
      json: 'dev-v2.0.json',
      parquet: 'squad_v2/validation-00000-of-00001.parquet',
      questions: 11_873,
    },
  },
} as const satisfies Record<string, { version: string; train: SquadFile; validation: SquadFile }>;

export type SquadEdition = keyof typeof squadEditions;
export type SquadSplit = 'train' | 'validation';

/** Where it can be had, as the environment says. */
export function squadServers(env: NodeJS.ProcessEnv = process.env): SquadServers {
  const { endpoint, cache, isOffline, patience } = hubSettings(env);
  const site = env['QA_NATIVE_SQUAD_SITE'] ?? 'https://rajpurkar.github.io/SQuAD-explorer/dataset';
  return { site, hub: endpoint, hubCache: cache, isOffline, patience };
}

export interface SquadServers {
  /** Of its authors; asked first. */
  readonly site: string;
  /** Hugging Face's, or a mirror of it. */
  readonly hub: string;
  /** The folder that Python's tools share (`HF_HOME`): what they fetched need not be fetched again. */
  readonly hubCache: string;
  readonly isOffline: boolean;
  /** Seconds without an answer or a further byte after which a connection is given up. */
  readonly patience: number;
}

/**
 * One file of SQuAD in a folder of the cache. It is downloaded where it is not there, counted, and its SHA-256 written
 * beside it; a file that is not what it was is fetched again.
 * @throws QaError `ERR_DATASET` where no server has it whole
 */
export async function squadPath(
  cache: string,
  edition: SquadEdition,
  split: SquadSplit,
  servers: SquadServers = squadServers(),
): Promise<string> {
  const file: SquadFile = squadEditions[edition][split];
  const folder = join(cache, edition);
  const sources = [
    { url: `${servers.site}/${file.json}`, path: join(folder, file.json) },
    {
      url: `${servers.hub}/datasets/rajpurkar/${edition}/resolve/main/${file.parquet}`,
      path: join(folder, `${split}.parquet`),
    },
  ];
  for (const { path } of sources) {
    if (!existsSync(path)) continue;
    const damage = await damageOf(path, file.questions);
    if (damage === undefined) return path;
    // It stays until another has come: it may be the sum that is damaged.
    say(`${path} is damaged and is left out: ${damage}`);
  }
  const shared = await snapshotFile(servers.hubCache, edition, file.parquet);
  if (shared !== undefined && (await wrongContent(shared, file.questions)) === undefined) return shared;
  const reasons: string[] = [];
  for (const { url, path } of servers.isOffline ? [] : sources) {
    say(`Downloading ${url} …`);
    try {
      const check = async (came: string) => {
        const wrong = await wrongContent(came, file.questions);
        if (wrong !== undefined) throw new Error(`it is not what it should be: ${wrong}`);
        await rm(sumPath(path), { force: true });
      };
      await download(url, path, { say, patience: servers.patience, check });
      await writeSum(path, await fileHash(path));
      return path;
    } catch (error) {
      reasons.push(`${url}: ${messageOf(error instanceof QaError ? (error.cause ?? error) : error)}`);
    }
  }
  throw new QaError(
    `Expected SQuAD ${squadEditions[edition].version}, but ${file.json} could not be had ` +
      `(${servers.isOffline ? 'it is not in the cache, and HF_HUB_OFFLINE asks for no network' : reasons.join('; ')}); ` +
      'give the files by --train-file and --validation-file, or try --dataset sample.',
    'ERR_DATASET',
  );
}

/**
 * What is wrong with a file of the cache: its sum must be the one beside it. Where there is none (it is new, or a run was
 * killed before it had counted, or somebody put the file here) it is counted, and the sum written.
 */
async function damageOf(path: string, questions: number): Promise<string | undefined> {
  const sum = await fileHash(path);
  if (existsSync(sumPath(path))) {
    return (await readFile(sumPath(path), 'utf8')).trim() === sum
      ? undefined
      : 'its SHA-256 is not what it was';
  }
  const wrong = await wrongContent(path, questions);
  if (wrong === undefined) await writeSum(path, sum);
  return wrong;
}

async function writeSum(path: string, sum: string): Promise<void> {
  // A file that may be read and not written beside is counted anew each time.
  await writeFileAtomic(sumPath(path), `${sum}\n`).catch(() => undefined);
}

async function wrongContent(path: string, questions: number): Promise<string | undefined> {
  try {
    const { examples } = await readExamples(path);
    return examples.length === questions
      ? undefined
      : `it holds ${examples.length} questions instead of ${questions}`;
  } catch (error) {
    return messageOf(error);
  }
}

/** A file of the data set's newest revision in the hub's cache; undefined where it has none. */
async function snapshotFile(
  hubCache: string,
  edition: SquadEdition,
  file: string,
): Promise<string | undefined> {
  const folder = join(hubCache, getRepoFolderName({ type: 'dataset', name: `rajpurkar/${edition}` }));
  const revision = join(folder, 'refs', 'main');
  if (!existsSync(revision)) return undefined;
  const path = join(folder, 'snapshots', (await readFile(revision, 'utf8')).trim(), file);
  return existsSync(path) ? path : undefined;
}

function sumPath(path: string): string {
  return `${path}.sha256`;
}

function say(text: string): void {
  process.stderr.write(`${text}\n`);
}
