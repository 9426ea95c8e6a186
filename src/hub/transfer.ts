import type { FileHandle } from 'node:fs/promises';
import type { ReadableStream } from 'node:stream/web';
import { setTimeout as sleep } from 'node:timers/promises';
import { DownloadBar } from './download-bar.js';
import { isBusy, pauseAfter, pauses, reasonOf } from './retry.js';

export interface TransferOptions {
  /** Is told how far the download is, a line at a time; by default nobody. */
  readonly say?: (text: string) => void;
  /** Seconds without an answer or a further kilobyte after which a connection is given up. */
  readonly patience?: number;
  /** Further headers of every request. */
  readonly headers?: Readonly<Record<string, string>>;
  /** The file's size in bytes, where it is known: what the server says then counts for nothing. */
  readonly size?: number;
  /** Bytes of the file that the sink holds already, from a download that was cut. */
  readonly received?: number;
}

/** Bytes that have to come within the patience: what trickles would take for ever. */
const leastBytes = 1024;

/** An answer that is none of success, and that will be the same the next time. */
export class StatusError extends Error {
  constructor(readonly response: Response) {
    super(`the server answered ${response.status}`);
  }
}

/** One file on its way, over as many connections as it takes. */
export class Transfer {
  #received: number;
  /** The most that was received before a server sent the file from its start again. */
  #furthest: number;
  /** Bytes in all; 0 where nobody says. */
  #total: number;
  #etag: string | null = null;
  #bar: DownloadBar | undefined;
  readonly #options: Required<Pick<TransferOptions, 'say' | 'patience' | 'headers'>> & TransferOptions;

  constructor(
    private readonly url: string,
    private readonly sink: FileHandle,
    options: TransferOptions = {},
  ) {
    this.#options = { say: () => undefined, patience: 30, headers: {}, ...options };
    this.#received = options.received ?? 0;
    this.#furthest = this.#received;
    this.#total = options.size ?? 0;
  }

  /** Throws a `StatusError`, or an error whose message is the reason, where the file does not come whole. */
  async run(): Promise<void> {
    // All of it may have come before.
    if (this.#options.size !== undefined && this.#received === this.#total) return;
    let failures = 0;
    try {
      for (;;) {
        const before = this.#furthest;
        const broken = await this.#connect();
        if (broken === undefined) return;
        if (this.#furthest === before || broken.stalled) failures += 1;
        if (failures > pauses.length) throw new Error(broken.reason);
        await sleep(1000 * Math.max(pauses[failures - 1] ?? 0, broken.wait ?? 0));
        this.#options.say(`${broken.reason}; going on from byte ${this.#received}`);
      }
    } finally {
      this.#bar?.finish();
    }
  }

  /** Gets as much as one connection brings: undefined at the file's end, else why it is worth another try. */
  async #connect(): Promise<Broken | undefined> {
    const stall = new AbortController();
    const { patience } = this.#options;
    let came = 0;
    const giveUp = () => {
      const what = came === 0 ? 'nothing came for' : `only ${came} bytes came in`;
      stall.abort(new Error(`${what} ${patience} seconds`));
    };
    let timer = setTimeout(giveUp, 1000 * patience);
    try {
      const response = await this.#request(stall.signal);
      if (isBusy(response.status)) {
        const wait = pauseAfter(response, 0, patience);
        return { reason: `the server answered ${response.status}`, stalled: false, wait };
      }
      const body = await this.#begin(response);
      for (;;) {
        const chunk = await readChunk(body);
        if (chunk === undefined) break;
        if (this.#options.size !== undefined && this.#received + chunk.length > this.#total) {
          throw new Error(`more than its ${this.#total} bytes came`);
        }
        await this.sink.appendFile(chunk);
        this.#count(chunk.length);
        came += chunk.length;
        if (came < leastBytes) continue;
        came = 0;
        clearTimeout(timer);
        timer = setTimeout(giveUp, 1000 * patience);
      }
      if (this.#received === this.#total || this.#isOfUnknownSize()) return undefined;
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
        headers: {
          'accept-encoding': 'identity',
          ...this.#options.headers,
          ...(this.#received > 0 ? rest : {}),
        },
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
      // A range that cannot be had: the next connection asks for the whole.
      if (response.status !== 200 && response.status !== 416) throw new StatusError(response);
      this.#received = 0;
      await this.sink.truncate(0);
      if (response.status === 416) throw new ConnectionError('the server has no such part');
      this.#total = this.#options.size ?? Number(response.headers.get('content-length') ?? 0);
      this.#etag = response.headers.get('etag');
      this.#bar = undefined;
    }
    this.#bar ??= new DownloadBar(this.#total, this.#options.say, this.#received);
    if (response.body === null) throw new Error('the answer was empty');
    return (response.body as ReadableStream<Uint8Array>).getReader();
  }

  #isOfUnknownSize(): boolean {
    return this.#total === 0 && this.#options.size === undefined;
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
  /** Seconds that the server asks to wait. */
  readonly wait?: number;
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
