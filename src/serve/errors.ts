import { STATUS_CODES, type IncomingMessage, type ServerResponse } from 'node:http';
import type { Socket } from 'node:net';
import type { FastifyError, FastifyInstance, FastifySchemaValidationError } from 'fastify';
import { messageOf } from '../errors.js';
import { isOver } from './over.js';

/** What a client is told beside the status. */
export class HttpError extends Error {
  constructor(
    readonly statusCode: number,
    readonly code: string,
    message: string,
  ) {
    super(message);
  }
}

/** Seconds after which a client that was told that there is too much to do may try again. */
const retryAfter = 1;

/** What fastify says without what to do. */
const remedies: Readonly<Record<string, string>> = {
  FST_ERR_CTP_BODY_TOO_LARGE: 'The body is too large: ask about a shorter context.',
  FST_ERR_CTP_INVALID_MEDIA_TYPE: 'Unsupported Media Type: send content-type: application/json.',
};

/** What of a body is not as its schema says: Ajv does not name a property that is too much. */
export function describeInvalid(
  [{ instancePath, message, params }]: FastifySchemaValidationError[],
  part: string,
): Error {
  const { additionalProperty: name } = params;
  const got = name === undefined ? '' : `, got ${JSON.stringify(name)}`;
  return new Error(`${part}${instancePath} ${message ?? 'is wrong'}${got}; see /openapi.json.`);
}

/** What a client is told of an error that is not the server's. */
export function told({ statusCode = 400, code, message }: FastifyError | HttpError) {
  return { statusCode, code, message: remedies[code] ?? message };
}

/** What is wrong with a connection whose request cannot be read, by Node's code; else it is no HTTP. */
const connectionProblems: Readonly<Record<string, readonly [statusCode: number, message: string]>> = {
  ERR_HTTP_REQUEST_TIMEOUT: [408, 'Expected the whole request, but it did not come in time; send it again.'],
  HPE_HEADER_OVERFLOW: [431, 'Expected headers of at most 16 KiB, got more; send shorter ones.'],
};

/** Refuses what cannot be read as HTTP in the form of all else; there is no reply for it, but the bare connection. */
export function refuseConnection(
  { code = 'ERR_HTTP', message: reason }: NodeJS.ErrnoException,
  socket: Socket,
): void {
  const [statusCode, message] = connectionProblems[code] ?? [
    400,
    `Expected HTTP/1.1, got what cannot be read (${messageOf(reason)}); see /openapi.json.`,
  ];
  const body = JSON.stringify({ statusCode, code, message });
  const head = [
    `HTTP/1.1 ${statusCode} ${STATUS_CODES[statusCode] ?? ''}`,
    'content-type: application/json; charset=utf-8',
    `content-length: ${Buffer.byteLength(body)}`,
    'connection: close',
  ];
  if (socket.writable) socket.write(`${head.join('\r\n')}\r\n\r\n${body}`);
  socket.destroy();
}

/** All that there is. */
const methods = ['GET', 'HEAD', 'POST'] as const;

/** Refuses what a client wants to know before it sends its body, but `100-continue`; Node would do so without a word. */
function refuseExpectation(_request: IncomingMessage, response: ServerResponse): void {
  const message = 'Expected no other Expect header than 100-continue; leave it out.';
  const body = JSON.stringify({ statusCode: 417, code: 'ERR_EXPECTATION', message });
  response
    .writeHead(417, {
      'content-type': 'application/json; charset=utf-8',
      'content-length': Buffer.byteLength(body),
      connection: 'close',
    })
    .end(body);
}

/** Every error as `{statusCode, code, message}`. What is the server's own is written to stderr, and told as such. */
export function addErrorReplies(app: FastifyInstance): void {
  app.server.on('checkExpectation', refuseExpectation);
  app.setErrorHandler<FastifyError | HttpError>(async (error, request, reply) => {
    const statusCode = error.statusCode ?? 500;
    // Fastify would close the connection at once, and most clients, which still send, would not see why. Node reads on, but
    // no longer than a request may take.
    if (error.code === 'FST_ERR_CTP_BODY_TOO_LARGE') reply.removeHeader('connection');
    if (statusCode === 503) void reply.header('retry-after', retryAfter);
    if (statusCode < 500 || error instanceof HttpError) {
      return reply.code(statusCode).send(told(error));
    }
    // A client that went away gave its question up: nobody reads the reply.
    if (!isOver(request, reply)) process.stderr.write(`qa-native: ${request.url}: ${messageOf(error)}\n`);
    return reply
      .code(statusCode)
      .send({ statusCode, code: 'ERR_SERVER', message: 'The server failed; it said why on its terminal.' });
  });
  app.setNotFoundHandler(({ method, url }, reply) => {
    const [path] = url.split('?');
    const allowed = methods.filter((other) => app.hasRoute({ method: other, url: path }));
    if (allowed.length === 0) {
      const message = `There is no ${method} ${url}; see /openapi.json.`;
      return reply.code(404).send({ statusCode: 404, code: 'ERR_NOT_FOUND', message });
    }
    const message = `Expected ${allowed.join(' or ')} for ${path}, got ${method}; see /openapi.json.`;
    return reply
      .code(405)
      .header('allow', allowed.join(', '))
      .send({ statusCode: 405, code: 'ERR_METHOD', message });
  });
}
