import { readFile, readdir, rm, stat, utimes } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { QaError } from '../errors.js';
import { writeFileAtomic } from '../formats/atomic-file.js';
import type { Example, Feature } from './examples.js';
import { decodeFeatures, encodeFeatures } from './feature-file.js';
import { featureKey } from './feature-key.js';
import { prepareFeatures, type FeatureOptions } from './features.js';
import type { BertTokenizer } from './tokenizer.js';

/** Files that stay in the folder: as many as a few experiments beside each other need. */
const filesKept = 4;

/** More tokens, 512 MiB of ids, are prepared each time. SQuAD's training set has 16 million. */
const mostTokens = 2 ** 27;

/**
 * `prepareFeatures`, or what it made before of the same questions, with the same tokenizer, options and code: kept in a
 * file in `folder`, of which the last used stay. A file that is damaged or cut is made again; a folder that cannot be
 * read or written costs no more than the time.
 */
export async function cachedFeatures(
  folder: string,
  examples: readonly Example[],
  tokenizer: BertTokenizer,
  options: FeatureOptions,
): Promise<Feature[]> {
  const key = await featureKey(examples, tokenizer, options);
  const path = join(folder, `${key}.bin`);
  const kept = await read(path, key);
  if (kept !== undefined) return kept;
  const features = prepareFeatures(examples, tokenizer, options);
  const tokens = features.reduce((sum, { inputIds }) => sum + inputIds.length, 0);
  if (tokens <= mostTokens) await keep(path, features, key);
  return features;
}

async function read(path: string, key: string): Promise<Feature[] | undefined> {
  const bytes = await readFile(path).catch(() => undefined);
  const features = bytes && decodeFeatures(bytes, key);
  if (features !== undefined) await utimes(path, new Date(), new Date()).catch(() => undefined);
  return features;
}

async function keep(path: string, features: readonly Feature[], key: string): Promise<void> {
  try {
    await writeFileAtomic(path, encodeFeatures(features, key));
  } catch (error) {
    // Where nothing can be written, nothing is kept.
    if (error instanceof QaError && error.code === 'ERR_WRITE') return;
    throw error;
  }
  // What cannot be removed is another process's to remove, or was removed by it.
  await sweep(dirname(path)).catch(() => undefined);
}

/** Removes all files of this cache but those used last, and so in time what a killed process left half-written. */
async function sweep(folder: string): Promise<void> {
  const names = (await readdir(folder)).filter((name) => /^[0-9a-f]{64}\.bin/.test(name));
  const files = await Promise.all(
    names.map(async (name) => {
      const path = join(folder, name);
      return { path, used: (await stat(path)).mtimeMs };
    }),
  );
  files.sort((a, b) => b.used - a.used);
  for (const { path } of files.slice(filesKept)) await rm(path, { force: true });
}
