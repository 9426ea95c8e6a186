import { open, type FileHandle } from 'node:fs/promises';
import type { ReadableStream } from 'node:stream/web';
import { setTimeout as sleep } from 'node:timers/promises';
import { messageOf } from '../errors.js';
import { DownloadBar } from './download-bar.js';
import { NotHere } from './not-here.js';
import type { Say } from './say.js';

/** Seconds to wait before each try to reach the server again. */
const pauses = [0, 1, 2, 4];

/**
 * Downloads `url` into `file`, with a progress bar. A connection that breaks is taken up where it ended, as long as the
 * server can go on from there. Throws NotHere with the reason where the file cannot be had whole.
 */
export async function downloadFile(url: string, file: string, say: Say): Promise<void> {
  let response = await request(url);
  const total = Number(response.headers.get('content-length') ?? 0);
  const etag = response.headers.get('etag');
  const bar = new DownloadBar(total, say);
  const sink = await open(file, 'w');
  try {
    for (;;) {
      const before = bar.received;
      const reason = await append(response, sink, bar);
      if (reason === undefined) break;
      // A server that breaks off without a byte each time would be asked for ever.
      if (bar.received === before) throw new NotHere(`the download broke off (${reason})`);
      response = await resume(url, bar.received, etag, reason);
      say(`The connection broke (${reason}): going on from ${Math.round(bar.received / 2 ** 20)} MiB.`);
    }
  } finally {
    bar.finish();
    await sink.close();
  }
  if (total > 0 && bar.received !== total) {
    throw new NotHere(`the download has ${bar.received} bytes instead of ${total}`);
  }
}

/** Asks for the file. What it weighs on the way is what it weighs on the disk: bytes are counted. */
async function request(url: string): Promise<Response> {
  let response: Response;
  try {
    response = await fetch(url, { headers: { 'accept-encoding': 'identity' } });
  } catch (error) {
    throw new NotHere(`${url} cannot be reached (${reasonOf(error)})`);
  }
  if (!response.ok) throw new NotHere(`${url} answered ${response.status}`);
  return response;
}

/** Asks for the rest of the file, which must still be the same one. */
async function resume(url: string, from: number, etag: string | null, reason: string): Promise<Response> {
  const headers = {
    'accept-encoding': 'identity',
    range: `bytes=${from}-`,
    ...(etag === null ? {} : { 'if-range': etag }),
  };
  for (const pause of pauses) {
    await sleep(1000 * pause);
    const response = await fetch(url, { headers }).catch(() => undefined);
    if (response === undefined) continue;
    if (response.status === 206 && response.headers.get('content-range')?.startsWith(`bytes ${from}-`)) {
      return response;
    }
    await response.body?.cancel();
    break;
  }
  throw new NotHere(`the download broke off (${reason})`);
}

/** Writes the body to the end of the file, and gives the reason where the connection broke. */
async function append(response: Response, sink: FileHandle, bar: DownloadBar): Promise<string | undefined> {
  if (response.body === null) throw new NotHere('the answer was empty');
  try {
    for await (const bytes of response.body as ReadableStream<Uint8Array>) {
      await sink.appendFile(bytes);
      bar.add(bytes.length);
    }
    return undefined;
  } catch (error) {
    // fetch fails with a TypeError; what the disk refuses is another matter.
    if (error instanceof TypeError) return reasonOf(error);
    throw error;
  }
}

/** fetch says only that it failed; its cause says why. */
function reasonOf(error: unknown): string {
  return messageOf(error instanceof Error ? (error.cause ?? error) : error);
}
