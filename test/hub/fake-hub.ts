import { createHash } from 'node:crypto';
import type { IncomingMessage, RequestListener, ServerResponse } from 'node:http';

/** A commit that a fake hub may be at. */
export const commit = '0123456789abcdef0123456789abcdef01234567';

/** A request's answer in place of the hub's; `content` is the file's. */
export type Trouble = (request: IncomingMessage, response: ServerResponse, content: Buffer) => void;

interface FakeHubOptions {
  readonly commit?: string;
  /** What the commit is called, too. */
  readonly revision?: string;
  /** What happens to the requests for a path, one after the other; then all goes well. */
  readonly troubles?: Readonly<Record<string, readonly Trouble[]>>;
  /** Refuses whoever does not show it. */
  readonly token?: string;
  /** Has files with the hub's headers, but neither commits nor lists to ask for. */
  readonly onlyFiles?: boolean;
  /** Where large files are redirected to: by default another path of this server. */
  readonly storage?: string;
}

export interface Asked {
  readonly path: string;
  readonly authorization: string | undefined;
  readonly range: string | undefined;
}

/** Git LFS keeps what is large, under its SHA-256. */
const isLarge = (name: string) => /\.(bin|safetensors)$/.test(name);

export const sha256 = (content: Buffer) => createHash('sha256').update(content).digest('hex');
const gitHash = (content: Buffer) =>
  createHash('sha1').update(`blob ${content.length}\0`).update(content).digest('hex');
export const blobName = (name: string, content: Buffer) =>
  isLarge(name) ? sha256(content) : gitHash(content);

/** Plays the hub with one model: its commit, its list of files, and the files, large ones behind a redirect. */
export function fakeHub(
  model: string,
  files: Readonly<Record<string, Buffer>>,
  options: FakeHubOptions = {},
) {
  const at = options.commit ?? commit;
  const revision = encodeURIComponent(options.revision ?? 'main');
  const asked: Asked[] = [];
  const tries = new Map<string, number>();

  const answer = (path: string, request: IncomingMessage, response: ServerResponse): void => {
    const name = decodeURIComponent(path.split('/').at(-1) ?? '');
    const found = new RegExp(`^/${model}/resolve/(${revision}|${at})/`).test(path) ? files[name] : undefined;
    if (options.onlyFiles === true && path.startsWith('/api/')) {
      response.writeHead(404).end();
    } else if ([revision, at].some((name) => path === `/api/models/${model}/revision/${name}`)) {
      sendJson(response, { _id: '1', id: model, sha: at, lastModified: '2020-01-01T00:00:00Z' });
    } else if (path === `/api/models/${model}/tree/${at}`) {
      sendJson(response, Object.entries(files).map(describe));
    } else if (path === `/storage/${name}` && files[name] !== undefined) {
      sendRange(files[name], request, response);
    } else if (found !== undefined) {
      describeIn(response, at, name, found);
      const location = `${options.storage ?? ''}/storage/${name}`;
      if (isLarge(name)) response.writeHead(302, { location }).end();
      else sendRange(found, request, response);
    } else {
      response.writeHead(404).end();
    }
  };

  const listener: RequestListener = (request, response) => {
    const path = (request.url ?? '').replace(/\?.*/, '');
    const { authorization, range } = request.headers;
    asked.push({ path, authorization, range });
    const count = tries.get(path) ?? 0;
    tries.set(path, count + 1);
    const trouble = options.troubles?.[path]?.[count];
    if (trouble !== undefined) {
      trouble(request, response, files[path.split('/').at(-1) ?? ''] ?? Buffer.alloc(0));
    } else if (
      options.token !== undefined &&
      !path.startsWith('/storage/') &&
      authorization !== `Bearer ${options.token}`
    ) {
      response.writeHead(401).end();
    } else {
      answer(path, request, response);
    }
  };
  return { listener, asked };
}

function describe([path, content]: [string, Buffer]): object {
  if (!isLarge(path)) return { type: 'file', path, size: content.length, oid: gitHash(content) };
  // Git itself has only a pointer to it.
  const lfs = { oid: sha256(content), size: content.length, pointerSize: 130 };
  return { type: 'file', path, size: content.length, oid: gitHash(Buffer.from('pointer')), lfs };
}

/** What the hub says of a file before it sends it, or says where it is. */
function describeIn(response: ServerResponse, at: string, name: string, content: Buffer): void {
  response.setHeader('x-repo-commit', at);
  response.setHeader(isLarge(name) ? 'x-linked-etag' : 'etag', `"${blobName(name, content)}"`);
  if (isLarge(name)) response.setHeader('x-linked-size', content.length);
}

function sendJson(response: ServerResponse, value: object): void {
  response.setHeader('content-type', 'application/json');
  response.end(JSON.stringify(value));
}

function sendRange(content: Buffer, request: IncomingMessage, response: ServerResponse): void {
  const [, start] = /^bytes=(\d+)-$/.exec(request.headers.range ?? '') ?? [];
  if (start === undefined) {
    response.writeHead(200, { 'content-length': content.length }).end(content);
    return;
  }
  const range = `bytes ${start}-${content.length - 1}/${content.length}`;
  response.writeHead(206, { 'content-range': range }).end(content.subarray(Number(start)));
}

export const refuse =
  (status: number): Trouble =>
  (_, response) =>
    response.writeHead(status).end('no');

export const hangUp: Trouble = (request) => request.socket.destroy();

export const neverAnswer: Trouble = () => undefined;

/** Announces the whole, sends the part up to `end`, and hangs up. */
export const cutAt =
  (end: number): Trouble =>
  (_, response, content) => {
    response.writeHead(200, { 'content-length': content.length });
    response.write(content.subarray(0, end), () => setTimeout(() => response.destroy(), 20));
  };

/** Announces the whole, sends the part up to `end`, and then nothing. */
export const stallAt =
  (end: number): Trouble =>
  (_, response, content) => {
    response.writeHead(200, { 'content-length': content.length });
    response.write(content.subarray(0, end));
  };

/** Answers with other bytes than the list says, well-formed as HTTP. */
export const sendInstead =
  (other: (content: Buffer) => Buffer): Trouble =>
  (_, response, content) =>
    response.end(other(content));

/** A head that announces another length than comes. */
export const announce =
  (length: number): Trouble =>
  (request, _, content) => {
    request.socket.end(
      Buffer.concat([Buffer.from(`HTTP/1.1 200 OK\r\nContent-Length: ${length}\r\n\r\n`), content]),
    );
  };
