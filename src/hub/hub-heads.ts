import { HubApiError } from '@huggingface/hub';
import type { HubFile } from './hub-file.js';
import { hubFetch } from './hub-fetch.js';
import { fileUrl, type HubName } from './hub-name.js';
import { checkCommit, type HubRevision } from './hub-revision.js';
import type { HubSettings } from './hub-settings.js';

/**
 * What a mirror has of a model that keeps the hub's files and not its lists: each file is asked for by itself, by the
 * headers that Python's `hf_hub_download` goes by.
 * @throws HubApiError 404 where it has no config.json either
 */
export async function askForFiles({ name, revision }: HubName, settings: HubSettings): Promise<HubRevision> {
  const ask = hubFetch(settings);
  const head = async (path: string): Promise<Headers | undefined> => {
    const url = fileUrl(settings, name, revision, path);
    // What the hub says of a file comes before the redirect to where its bytes are.
    const { status, headers } = await ask(url, { method: 'HEAD', redirect: 'manual' });
    if (status === 404) return undefined;
    if (status >= 400) throw new HubApiError(url, status);
    return headers;
  };
  const commit = (await head('config.json'))?.get('x-repo-commit');
  if (commit == null) throw new HubApiError(`${settings.endpoint}/${name}`, 404);
  return {
    commit: checkCommit(commit),
    revision,
    find: async (path) => {
      const headers = await head(path);
      return headers && describe(path, headers);
    },
  };
}

function describe(path: string, headers: Headers): HubFile {
  const etag = headers.get('x-linked-etag') ?? headers.get('etag') ?? '';
  return {
    path,
    size: Number(headers.get('x-linked-size') ?? headers.get('content-length')),
    hash: etag.replace(/^(W\/)?"(.*)"$/, '$2'),
  };
}
