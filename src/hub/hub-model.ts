import { existsSync } from 'node:fs';
import { realpath } from 'node:fs/promises';
import { basename, join } from 'node:path';
import { messageOf, QaError } from '../errors.js';
import { CachedRepository } from './cached-repository.js';
import { fetchBlob } from './fetch-blob.js';
import { authorization } from './hub-fetch.js';
import { hasHash, isHash, isWhole } from './hub-file.js';
import { hubError } from './hub-error.js';
import { newestRevision } from './hub-listing.js';
import { fileUrl, type HubName } from './hub-name.js';
import type { HubRevision } from './hub-revision.js';
import { hubSettings, type HubSettings } from './hub-settings.js';
import { bringModel, type ModelPart, type ModelSource } from './model-parts.js';

/**
 * The folder of a model of the hub, in the cache that Python's tools share. What it lacks of the revision's newest commit
 * is fetched, and only what is needed; where the hub cannot be asked, what the cache has is taken.
 * @throws QaError `ERR_HUB` where neither has it whole
 */
export async function hubModel(
  asked: HubName,
  part: ModelPart = 'model',
  settings: HubSettings = hubSettings(),
): Promise<string> {
  const repository = new CachedRepository(settings.cache, asked);
  if (settings.isOffline) return offlineModel(asked, repository, part);
  let revision: HubRevision;
  try {
    revision = await newestRevision(asked, settings);
  } catch (error) {
    const cached = await cachedModel(asked, repository, part).catch(() => undefined);
    if (cached === undefined) throw error;
    say(`${messageOf(error)}\nThe copy in the cache is taken: ${cached}`);
    return cached;
  }
  const source = fromHub(asked, repository, revision, settings);
  await bringModel(source, part);
  await repository.setNewest(revision.commit);
  return source.folder;
}

/** Files come from the hub, unless they are in the cache and whole. */
function fromHub(
  { text, name }: HubName,
  repository: CachedRepository,
  { commit, revision, find }: HubRevision,
  settings: HubSettings,
): ModelSource {
  const folder = repository.snapshot(commit);
  const fetchFile = async (path: string) => {
    const file = await find(path);
    if (file === undefined) return false;
    if (!isHash(file.hash)) throw new Error(`it tells no hash of ${path}`);
    if (await isWhole(join(folder, path), file)) return true;
    const url = fileUrl(settings, name, revision, path);
    const headers = authorization(settings, url);
    await fetchBlob(repository, url, file, { say, headers, patience: settings.patience });
    await repository.link(commit, file);
    return true;
  };
  return {
    name: `the model "${text}"`,
    folder,
    bring: (path) =>
      fetchFile(path).catch((error: unknown) => {
        throw hubError(text, settings, error);
      }),
  };
}

/** The newest snapshot of the cache. Throws where it lacks something that is wanted, or is damaged. */
async function cachedModel(
  { text }: HubName,
  repository: CachedRepository,
  part: ModelPart,
): Promise<string> {
  const folder = await repository.newest();
  if (folder === undefined) throw new Error('the cache has no copy');
  const bring = async (path: string) => {
    if (!existsSync(join(folder, path))) return false;
    const blob = await realpath(join(folder, path));
    // A copy instead of a link, as on systems without, bears no hash.
    if (isHash(basename(blob)) && !(await hasHash(blob, basename(blob)))) {
      throw new Error(`the cache's copy of ${path} is damaged`);
    }
    return true;
  };
  await bringModel({ name: `the cache's copy of "${text}"`, folder, bring }, part);
  return folder;
}

async function offlineModel(asked: HubName, repository: CachedRepository, part: ModelPart): Promise<string> {
  try {
    return await cachedModel(asked, repository, part);
  } catch (error) {
    if (error instanceof QaError) throw error;
    throw new QaError(
      `Expected the model "${asked.text}" in the cache, as HF_HUB_OFFLINE asks for no network, but ${messageOf(error)}; ` +
        'unset HF_HUB_OFFLINE, or give the folder of a checkpoint.',
      'ERR_HUB',
      { cause: error },
    );
  }
}

function say(text: string): void {
  process.stderr.write(`${text}\n`);
}
