import { setTimeout as sleep } from 'node:timers/promises';
import type { HubSettings } from './hub-settings.js';
import { isBusy, pauseAfter, pauses, reasonOf } from './retry.js';

/** More pages than any listing has: one that goes on past it goes in circles. */
const mostRequests = 100;
/** More bytes than any page of one has. */
const mostBytes = 64 * 2 ** 20;

/**
 * `fetch` for the library's questions to the hub, whose answers are small: each whole within the time that one has
 * patience for, with further tries where the hub is busy, cannot be reached, or sends half of one.
 */
export function hubFetch(settings: HubSettings): typeof fetch {
  let requests = 0;
  return async (input, init) => {
    requests += 1;
    if (requests > mostRequests) throw new Error(`the hub's list goes on after ${mostRequests} pages`);
    const url = input instanceof Request ? input.url : input;
    const headers = { ...Object.fromEntries(new Headers(init?.headers)), ...authorization(settings, url) };
    for (let tries = 0; ; tries += 1) {
      let pause: number | undefined = pauses[tries];
      try {
        const signal = AbortSignal.timeout(1000 * settings.patience);
        const response = await fetch(input, { ...init, headers, signal });
        const body = await readBody(response);
        const { status } = response;
        const isCut = status === 200 && init?.method !== 'HEAD' && !isJson(body);
        if (pause === undefined || !(isBusy(status) || isCut)) {
          return new Response(body.length === 0 ? null : body, { status, headers: response.headers });
        }
        pause = pauseAfter(response, pause, settings.patience);
      } catch (error) {
        if (error instanceof TooLong) throw error;
        if (pause === undefined) {
          throw new Error(`the server cannot be reached (${reasonOf(error)})`, { cause: error });
        }
      }
      await sleep(1000 * pause);
    }
  };
}

/** As all of these answers are, unless a server on the way cut one, and told of the length that was left. */
function isJson(body: Uint8Array): boolean {
  try {
    JSON.parse(Buffer.from(body).toString());
    return true;
  } catch {
    return false;
  }
}

class TooLong extends Error {}

async function readBody(response: Response): Promise<Uint8Array<ArrayBuffer>> {
  const chunks: Uint8Array[] = [];
  let length = 0;
  for await (const chunk of (response.body ?? []) as AsyncIterable<Uint8Array>) {
    length += chunk.length;
    if (length > mostBytes) throw new TooLong(`the hub's answer goes on after ${mostBytes} bytes`);
    chunks.push(chunk);
  }
  return Buffer.concat(chunks);
}

/** The token is for the hub alone: fetch leaves it out where another host is redirected to, and so does this. */
export function authorization({ token, endpoint }: HubSettings, url: string | URL): Record<string, string> {
  const isHub = new URL(url).origin === new URL(endpoint).origin;
  return token === undefined || !isHub ? {} : { authorization: `Bearer ${token}` };
}
