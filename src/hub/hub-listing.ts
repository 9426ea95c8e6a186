import { HubApiError, listFiles, modelInfo } from '@huggingface/hub';
import { messageOf, QaError } from '../errors.js';
import { checkCommit, type HubFile } from './hub-file.js';
import { hubFetch } from './hub-fetch.js';
import { askForFiles } from './hub-heads.js';
import type { HubSettings } from './hub-settings.js';
import { StatusError } from './transfer.js';

/** What a model's repository holds now. */
export interface HubRevision {
  readonly commit: string;
  /** What its files are asked for by: the commit, or a branch. */
  readonly branch: string;
  /** A file by its path; undefined where there is none. */
  readonly find: (path: string) => Promise<HubFile | undefined>;
}

/**
 * Asks the hub for the newest commit of a model and its files.
 * @throws QaError `ERR_HUB` where it has no such model, keeps it from us, or cannot be asked
 */
export async function newestRevision(name: string, settings: HubSettings): Promise<HubRevision> {
  try {
    return await listFilesOf(name, settings).catch((error: unknown) => {
      if (error instanceof HubApiError && error.statusCode === 404) return askForFiles(name, settings);
      throw error;
    });
  } catch (error) {
    throw hubError(name, settings, error);
  }
}

async function listFilesOf(name: string, settings: HubSettings): Promise<HubRevision> {
  const common = { hubUrl: settings.endpoint, fetch: hubFetch(settings) };
  const { sha } = await modelInfo({ ...common, name, revision: 'main', additionalFields: ['sha'] });
  const commit = checkCommit(sha);
  const files = new Map<string, HubFile>();
  for await (const { type, path, size, oid, lfs } of listFiles({ ...common, repo: name, revision: commit })) {
    if (type === 'file') files.set(path, { path, size: lfs?.size ?? size, hash: lfs?.oid ?? oid ?? '' });
  }
  return { commit, branch: commit, find: (path) => Promise.resolve(files.get(path)) };
}

/** The sentence for a model that could not be had, by the status that the hub answered, or else by what went wrong. */
export function hubError(name: string, { endpoint, token }: HubSettings, cause: unknown): QaError {
  const status =
    cause instanceof HubApiError
      ? cause.statusCode
      : cause instanceof StatusError
        ? cause.response.status
        : undefined;
  // A system call that failed: the disk's.
  const isOfDisk = cause instanceof Error && 'errno' in cause;
  const [reason, remedy] = whyNot(status, token !== undefined) ?? [
    status === undefined ? messageOf(cause) : `it answered ${status}`,
    isOfDisk
      ? 'free some space, or name a folder that you may write to by HF_HUB_CACHE'
      : 'try again, name a mirror by HF_ENDPOINT, or give the folder of a checkpoint',
  ];
  return new QaError(
    `Expected the model "${name}" from the hub at ${endpoint}, but ${reason}; ${remedy}.`,
    'ERR_HUB',
    { cause },
  );
}

/** Reason and remedy where the hub knows us and says no; to those it does not know it hides what is private. */
function whyNot(status: number | undefined, hasToken: boolean): readonly [string, string] | undefined {
  const other = 'check the name, give a folder';
  if (status === 404) {
    return ['it has none of this name', `${other}, or set HF_TOKEN to a token that may read it`];
  }
  if (status !== 401 && status !== 403) return undefined;
  const [who, remedy] = hasToken
    ? ['this token may not read it', 'ask for access on its page']
    : ['without a token it may not be read, or is not there', 'set HF_TOKEN'];
  return [`it answered ${status}: ${who}`, `${other}, or ${remedy}`];
}
