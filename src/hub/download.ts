import { createWriteStream } from 'node:fs';
import { mkdir, rename, rm } from 'node:fs/promises';
import { dirname } from 'node:path';
import { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import type { ReadableStream } from 'node:stream/web';
import { messageOf, QaError } from '../errors.js';

/** Seconds without an answer or a further byte after which a download is given up. */
const patience = 30;

/**
 * Downloads a URL to a file, whole or not at all: what was cut, or is shorter than the server said, never bears the
 * file's name. Throws `ERR_DOWNLOAD` with the reason.
 */
export async function download(url: string, path: string): Promise<void> {
  const temporary = `${path}.${process.pid}.part`;
  const stall = new AbortController();
  let timer = setTimeout(() => undefined, 0);
  const wait = () => {
    clearTimeout(timer);
    timer = setTimeout(() => {
      stall.abort(new Error(`nothing came for ${patience} seconds`));
    }, patience * 1000);
  };
  try {
    wait();
    const response = await fetch(url, { signal: stall.signal });
    if (!response.ok || response.body === null) throw new Error(`the server answered ${response.status}`);
    await mkdir(dirname(path), { recursive: true });
    let received = 0;
    const count = async function* (chunks: AsyncIterable<Uint8Array>) {
      for await (const chunk of chunks) {
        received += chunk.length;
        wait();
        yield chunk;
      }
    };
    await pipeline(
      Readable.fromWeb(response.body as ReadableStream<Uint8Array>),
      count,
      createWriteStream(temporary),
    );
    // A compressed answer states its compressed length, which says nothing of the file's.
    const stated =
      response.headers.get('content-encoding') === null && response.headers.get('content-length');
    if (stated && Number(stated) !== received) throw new Error(`${received} of ${stated} bytes came`);
    await rename(temporary, path);
  } catch (error) {
    const reason = error instanceof Error && error.cause !== undefined ? error.cause : error;
    throw new QaError(
      `Expected to download ${url}, but that failed (${messageOf(reason)}); try again, or fetch the file by other means.`,
      'ERR_DOWNLOAD',
      { cause: error },
    );
  } finally {
    clearTimeout(timer);
    await rm(temporary, { force: true });
  }
}
