import { randomBytes } from 'node:crypto';
import { mkdir, open, rename, rm, type FileHandle } from 'node:fs/promises';
import { dirname } from 'node:path';
import type { ReadableStream } from 'node:stream/web';
import { setTimeout as sleep } from 'node:timers/promises';
import { messageOf, QaError } from '../errors.js';
import { DownloadBar } from './download-bar.js';

export interface DownloadOptions {
  /** Is told how far the download is, a line at a time; by default nobody. */
  readonly say?: (text: string) => void;
  /** Seconds without an answer or a further byte after which a connection is given up. */
  readonly patience?: number;
}

/** Seconds to wait before each further try where the last one brought nothing. */
const pauses = [0.2, 1, 2];

/**
 * Downloads a URL to a file, whole or not at all: what was cut, or is shorter than the server said, never bears the
 * file's name. A connection that breaks or stalls is taken up where it ended, as long as that gets on.
 * @throws QaError `ERR_DOWNLOAD` with the reason
 */
export async function download(url: string, path: string, options: DownloadOptions = {}): Promise<void> {
  const temporary = `${path}.${randomBytes(6).toString('hex')}.part`;
  try {
    await mkdir(dirname(path), { recursive: true });
    const sink = await open(temporary, 'ax');
    try {
      await new Transfer(url, sink, options).run();
      await sink.sync();
    } finally {
      await sink.close();
    }
    await rename(temporary, path);
  } catch (error) {
    throw new QaError(
      `Expected to download ${url}, but that failed (${messageOf(error)}); try again, or fetch the file by other means.`,
      'ERR_DOWNLOAD',
      { cause: error },
    );
  } finally {
    await rm(temporary, { force: true });
  }
}

/** One file on its way, over as many connections as it takes. */
class Transfer {
  #received = 0;
  /** The most that was received before a server sent the file from its start again. */
  #furthest = 0;
  #total = 0;
  #etag: string | null = null;
  #bar: DownloadBar | undefined;
  readonly #say: (text: string) => void;
  readonly #patience: number;

  constructor(
    private readonly url: string,
    private readonly sink: FileHandle,
    { say = () => undefined, patience = 30 }: DownloadOptions,
  ) {
    this.#say = say;
    this.#patience = patience;
  }

  async run(): Promise<void> {
    let failures = 0;
    try {
      for (;;) {
        const before = this.#furthest;
        const broken = await this.#connect();
        if (broken === undefined) return;
        if (this.#furthest === before || broken.stalled) failures += 1;
        if (failures > pauses.length) throw new Error(broken.reason);
        await sleep(1000 * (pauses[failures - 1] ?? 0));
        this.#say(`${broken.reason}; going on from byte ${this.#received}`);
      }
    } finally {
      this.#bar?.finish();
    }
  }

  /** Gets as much as one connection brings: undefined at the file's end, else why it is worth another try. */
  async #connect(): Promise<Broken | undefined> {
    const stall = new AbortController();
    const giveUp = () => {
      stall.abort(new Error(`nothing came for ${this.#patience} seconds`));
    };
    let timer = setTimeout(giveUp, 1000 * this.#patience);
    try {
      const response = await this.#request(stall.signal);
      if (response.status >= 500 || response.status === 429) {
        return { reason: `the server answered ${response.status}`, stalled: false };
      }
      const body = await this.#begin(response);
      for (;;) {
        const chunk = await readChunk(body);
        if (chunk === undefined) break;
        clearTimeout(timer);
        await this.sink.appendFile(chunk);
        this.#count(chunk.length);
        timer = setTimeout(giveUp, 1000 * this.#patience);
      }
      if (this.#total === 0 || this.#received === this.#total) return undefined;
      return { reason: `${this.#received} of ${this.#total} bytes came`, stalled: false };
    } catch (error) {
      // What the disk refuses, and what the server means, is no better the next time.
      if (!(error instanceof ConnectionError)) throw error;
      return { reason: error.message, stalled: stall.signal.aborted };
    } finally {
      clearTimeout(timer);
      stall.abort();
    }
  }

  /** Asks for the file, or for the rest of it. What it weighs on the way is what it weighs on the disk: bytes count. */
  async #request(signal: AbortSignal): Promise<Response> {
    const rest = {
      range: `bytes=${this.#received}-`,
      ...(this.#etag === null ? {} : { 'if-range': this.#etag }),
    };
    try {
      return await fetch(this.url, {
        signal,
        headers: { 'accept-encoding': 'identity', ...(this.#received > 0 ? rest : {}) },
      });
    } catch (error) {
      const reason = `the server cannot be reached (${reasonOf(error)})`;
      // A name that nobody knows is no better known the next time.
      throw reason.includes('ENOTFOUND') ? new Error(reason) : new ConnectionError(reason);
    }
  }

  /** The body of an answer that goes on where the last one ended, or begins anew. */
  async #begin(response: Response): Promise<ReadableStreamDefaultReader<Uint8Array>> {
    const isRest =
      response.status === 206 &&
      response.headers.get('content-range')?.startsWith(`bytes ${this.#received}-`);
    if (!isRest) {
      this.#received = 0;
      await this.sink.truncate(0);
      // A range that cannot be had: the next connection asks for the whole.
      if (response.status === 416) throw new ConnectionError('the server has no such part');
      if (response.status !== 200) throw new Error(`the server answered ${response.status}`);
      this.#total = Number(response.headers.get('content-length') ?? 0);
      this.#etag = response.headers.get('etag');
      this.#bar = new DownloadBar(this.#total, this.#say);
    }
    if (response.body === null) throw new Error('the answer was empty');
    return (response.body as ReadableStream<Uint8Array>).getReader();
  }

  #count(bytes: number): void {
    this.#received += bytes;
    this.#furthest = Math.max(this.#furthest, this.#received);
    this.#bar?.add(bytes);
  }
}

/** Why a connection ended before the file did, and whether that was for lack of patience. */
interface Broken {
  readonly reason: string;
  readonly stalled: boolean;
}

/** A connection that broke; another may do. */
class ConnectionError extends Error {}

async function readChunk(body: ReadableStreamDefaultReader<Uint8Array>): Promise<Uint8Array | undefined> {
  try {
    const { value } = await body.read();
    return value;
  } catch (error) {
    throw new ConnectionError(`the download broke off (${reasonOf(error)})`);
  }
}

/** fetch says only that it failed; its cause says why. */
function reasonOf(error: unknown): string {
  return messageOf(error instanceof Error ? (error.cause ?? error) : error);
}
