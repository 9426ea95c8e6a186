import { HubApiError, listFiles, modelInfo } from '@huggingface/hub';
import { messageOf } from '../errors.js';
import { hubError } from './hub-error.js';
import type { HubFile } from './hub-file.js';
import { hubFetch } from './hub-fetch.js';
import { askForFiles } from './hub-heads.js';
import type { HubName } from './hub-name.js';
import { checkCommit, isCommit, type HubRevision } from './hub-revision.js';
import type { HubSettings } from './hub-settings.js';

/**
 * Asks the hub for the newest commit of a model's revision and its files.
 * @throws QaError `ERR_HUB` where it has no such model, keeps it from us, or cannot be asked
 */
export async function newestRevision(asked: HubName, settings: HubSettings): Promise<HubRevision> {
  try {
    const found = await listFilesOf(asked, settings).catch((error: unknown) => {
      if (error instanceof HubApiError && error.statusCode === 404) return askForFiles(asked, settings);
      throw error;
    });
    if (!isCommit(asked.revision) || found.commit === asked.revision) return found;
    throw new Error(`it answered with the commit ${found.commit}`);
  } catch (error) {
    // What the library stumbles over was not the hub's list.
    const isOdd = error instanceof TypeError || error instanceof SyntaxError;
    const cause = isOdd ? new Error(`its answer is no list of files (${messageOf(error)})`) : error;
    throw hubError(asked.text, settings, cause);
  }
}

async function listFilesOf({ name, revision }: HubName, settings: HubSettings): Promise<HubRevision> {
  const common = { hubUrl: settings.endpoint, fetch: hubFetch(settings) };
  const { sha } = await modelInfo({ ...common, name, revision, additionalFields: ['sha'] });
  const commit = checkCommit(sha);
  const files = new Map<string, HubFile>();
  for await (const { type, path, size, oid, lfs } of listFiles({ ...common, repo: name, revision: commit })) {
    if (type === 'file') files.set(path, { path, size: lfs?.size ?? size, hash: lfs?.oid ?? oid ?? '' });
  }
  return { commit, revision: commit, find: (path) => Promise.resolve(files.get(path)) };
}
