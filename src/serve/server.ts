import swagger from '@fastify/swagger';
import { fastify, type FastifyInstance, type FastifyReply } from 'fastify';
import { addAnswerRoute, type AnsweringReader, type QueueOptions } from './answer-route.js';
import { closeInTime } from './closing.js';
import { addErrorReplies, describeInvalid, refuseConnection, told } from './errors.js';
import { pageExamples } from './examples.js';
import { takeJsonOnly } from './json-body.js';
import { addPageRoutes } from './page-routes.js';
import { object, problems } from './schema.js';
import { addSecurity } from './security.js';

export interface ServerOptions extends Partial<QueueOptions> {
  /** Where it will listen: at a loopback address it heeds what name it is asked by. */
  readonly host?: string;
  /** Bytes of the largest body. */
  readonly bodyLimit?: number;
  /** Milliseconds in which a client has to send its request. */
  readonly requestTimeout?: number;
}

/** How often connections are looked through for requests that take too long to come. */
const checkingInterval = 1000;
/** Connections without a request are closed after so long; those that do not take their answer, after the longer. */
const keepAliveTimeout = 5000;
const connectionTimeout = 300_000;
/** With the largest body each, these are the most that bodies can take of memory. */
const maxConnections = 1024;

/** The server of `qa-native serve`, not yet listening: `POST /answer`, `GET /health`, `/openapi.json` and the page. */
export async function createServer(
  reader: AnsweringReader,
  {
    host,
    maxQueue = 256,
    maxWait = 60_000,
    bodyLimit = 512 * 1024,
    requestTimeout = 10_000,
  }: ServerOptions = {},
): Promise<FastifyInstance> {
  const app = fastify({
    bodyLimit,
    requestTimeout,
    keepAliveTimeout,
    connectionTimeout,
    http: {
      requestTimeout,
      headersTimeout: requestTimeout,
      connectionsCheckingInterval: Math.min(checkingInterval, requestTimeout),
      // Node would refuse without a word; see addSecurity.
      requireHostHeader: false,
    },
    // Addresses that cannot be read are refused before there is a route, with the same words as all else.
    frameworkErrors: (error, _request, reply) => {
      const problem = told(error);
      void (reply as unknown as FastifyReply).code(problem.statusCode).send(problem);
    },
    clientErrorHandler: refuseConnection,
    // Fastify would refuse in words of its own; see closeInTime.
    return503OnClosing: false,
    // What comes is taken as it is or refused; Ajv would else turn 7 into "7" and drop what it does not know.
    schemaErrorFormatter: describeInvalid,
    ajv: { customOptions: { coerceTypes: false, removeAdditional: false } },
  });
  app.server.maxConnections = maxConnections;
  closeInTime(app, requestTimeout);
  addSecurity(app, host);
  takeJsonOnly(app);
  addErrorReplies(app);
  await app.register(swagger, {
    openapi: {
      info: {
        title: 'qa-native',
        description: 'Answers questions about a context with a part of it.',
        version: '1',
      },
      servers: [{ url: '/' }],
    },
  });
  // A plugin of its own, so that the routes come after the description that collects them.
  await app.register(async (routes) => {
    addAnswerRoute(routes, reader, { maxQueue, maxWait });
    routes.get('/health', { schema: healthSchema }, () => ({
      status: 'ok',
      pending: reader.pending,
      maxQueue,
    }));
    routes.get('/openapi.json', { schema: { hide: true } }, () => app.swagger());
    await addPageRoutes(routes, await pageExamples());
  });
  return app;
}

const healthSchema = {
  operationId: 'health',
  summary: 'Whether the server answers, and how many questions wait',
  response: {
    200: {
      description: 'It does',
      ...object({
        status: { type: 'string' },
        pending: { type: 'integer' },
        maxQueue: { type: 'integer' },
      }),
    },
    ...problems,
  },
};
