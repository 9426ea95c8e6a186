import { HubApiError } from '@huggingface/hub';
import { messageOf, QaError } from '../errors.js';
import type { HubSettings } from './hub-settings.js';
import { StatusError } from './transfer.js';

/** The sentence for a model that could not be had, by the status that the hub answered, or else by what went wrong. */
export function hubError(name: string, { endpoint, token }: HubSettings, cause: unknown): QaError {
  const [reason, remedy] = whyNot(cause, token !== undefined);
  return new QaError(
    `Expected the model "${name}" from the hub at ${endpoint}, as there is no such folder, but ${reason}; ${remedy}.`,
    'ERR_HUB',
    { cause },
  );
}

const ofAName = 'check the name, give a folder';
const ofAnother = 'try again, name a mirror by HF_ENDPOINT, or give the folder of a checkpoint';

function whyNot(cause: unknown, hasToken: boolean): readonly [reason: string, remedy: string] {
  const status = statusOf(cause);
  if (status === undefined) return [messageOf(cause), isOfDisk(cause) ? ofTheDisk : ofAnother];
  if (status === 401 || status === 403) {
    // To those that it does not know the hub hides what is private.
    const [who, remedy] = hasToken
      ? ['this token may not read it', 'ask for access on its page']
      : ['without a token it may not be read, or is not there', 'set HF_TOKEN'];
    return [`it answered ${status}: ${who}`, `${ofAName}, or ${remedy}`];
  }
  if (status !== 404) return [`it answered ${status}`, ofAnother];
  if (cause instanceof StatusError) return ['a file that it tells of is not there (404)', ofAnother];
  return ['it has none of this name', `${ofAName}, or set HF_TOKEN to a token that may read it`];
}

const ofTheDisk = 'free some space, or name a folder that you may write to by HF_HUB_CACHE';

/** A system call that failed; what the network's have to say is in sentences by now. */
function isOfDisk(cause: unknown): boolean {
  return cause instanceof Error && 'errno' in cause;
}

function statusOf(cause: unknown): number | undefined {
  if (cause instanceof HubApiError) return cause.statusCode;
  return cause instanceof StatusError ? cause.response.status : undefined;
}
