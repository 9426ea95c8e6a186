import { readFileSync } from 'node:fs';
import { homedir } from 'node:os';
import { join } from 'node:path';
import { HUB_URL } from '@huggingface/hub';
import { UsageError } from '../errors.js';

/** Where the hub is, where its files are kept, and who asks: what the environment says to Python's tools too. */
export interface HubSettings {
  /** Hugging Face's, or a mirror of it (`HF_ENDPOINT`), without a slash at its end. */
  readonly endpoint: string;
  /** The folder that Python's tools share (`HF_HUB_CACHE`, else `hub` in `HF_HOME`). */
  readonly cache: string;
  /** Nothing is asked of the network (`HF_HUB_OFFLINE`). */
  readonly isOffline: boolean;
  /** For private repositories: `HF_TOKEN`, else the file that `hf auth login` writes. */
  readonly token: string | undefined;
  /** Seconds without an answer or a further byte after which a connection is given up (`HF_HUB_DOWNLOAD_TIMEOUT`). */
  readonly patience: number;
}

export function hubSettings(env: NodeJS.ProcessEnv = process.env): HubSettings {
  const seconds = Number(env['HF_HUB_DOWNLOAD_TIMEOUT']);
  return {
    endpoint: endpointOf(env).replace(/\/+$/, ''),
    cache: inHome(env['HF_HUB_CACHE'] ?? env['HUGGINGFACE_HUB_CACHE'] ?? join(hubHome(env), 'hub')),
    isOffline: /^(1|on|yes|true)$/i.test(env['HF_HUB_OFFLINE'] ?? ''),
    token: cleaned(env['HF_TOKEN'] ?? env['HUGGING_FACE_HUB_TOKEN']) ?? tokenOfFile(env),
    patience: seconds > 0 ? seconds : 10,
  };
}

/** An empty one is none, as for Python. */
function endpointOf({ HF_ENDPOINT: endpoint = '' }: NodeJS.ProcessEnv): string {
  if (endpoint === '') return HUB_URL;
  if (/^https?:\/\//.test(endpoint) && URL.canParse(endpoint)) return endpoint;
  throw new UsageError(
    `Expected HF_ENDPOINT to be an address such as ${HUB_URL}, got ${JSON.stringify(endpoint)}; correct it or leave it out.`,
  );
}

function tokenOfFile(env: NodeJS.ProcessEnv): string | undefined {
  const path = env['HF_TOKEN_PATH'] ?? join(hubHome(env), 'token');
  try {
    return cleaned(readFileSync(inHome(path), 'utf8'));
  } catch {
    // Nobody logged in: what is public needs no token, and what is not will say so.
    return undefined;
  }
}

function hubHome(env: NodeJS.ProcessEnv): string {
  return env['HF_HOME'] ?? join(env['XDG_CACHE_HOME'] ?? join(homedir(), '.cache'), 'huggingface');
}

function cleaned(token: string | undefined): string | undefined {
  // A line's end in it would be no header.
  const oneWord = token?.replace(/\s+/g, '');
  return oneWord === '' ? undefined : oneWord;
}

/** A leading `~` is the home folder, as for Python. */
function inHome(path: string): string {
  return path.replace(/^~(?=$|[/\\])/, homedir());
}
