import type { FastifyInstance, FastifyReply } from 'fastify';
import { QaError } from '../errors.js';
import type { Reader } from '../reader/reader.js';
import { answerSchema, type AnswerBody } from './answer-schema.js';
import { HttpError } from './errors.js';

/** What the server needs of a reader. */
export type AnsweringReader = Pick<Reader, 'read' | 'pending'>;

/** UTF-16 units of the longest context whose tokens' scores are given: more would hold up the event loop. */
export const longestWithScores = 10_000;

/** Seconds after which a client that came to a full queue may try again. */
const retryAfter = 1;

/**
 * `POST /answer`. Questions that wait together are batched by the reader; beyond `maxQueue` of them a client gets 503
 * before its body is read. A client that goes away gives its question up.
 */
export function addAnswerRoute(app: FastifyInstance, reader: AnsweringReader, maxQueue: number): void {
  const refuseWhenFull = async (_request: unknown, reply: FastifyReply) => {
    if (reader.pending < maxQueue) return;
    await reply
      .header('retry-after', retryAfter)
      .send(
        new HttpError(503, 'ERR_QUEUE_FULL', `${reader.pending} questions wait already; try again soon.`),
      );
  };
  app.post<{ Body: AnswerBody }>(
    '/answer',
    { schema: answerSchema, onRequest: refuseWhenFull, preHandler: refuseWhenFull },
    async (request, reply) => {
      const { question, context, ...options } = request.body;
      if (options.scores === true && context.length > longestWithScores) {
        throw new HttpError(
          422,
          'ERR_TOO_LONG_FOR_SCORES',
          `Expected a context of at most ${longestWithScores} UTF-16 units with scores, got ${context.length}; ` +
            'shorten it or ask without scores.',
        );
      }
      const { scores, ...reading } = await reader
        .read(question, context, { ...options, signal: whenGone(reply) })
        .catch(refuseUnanswerable);
      return {
        ...reading,
        ...(scores === undefined
          ? {}
          : {
              scores: {
                offsets: Array.from(scores.offsets),
                startLogits: Array.from(scores.startLogits),
                endLogits: Array.from(scores.endLogits),
              },
            }),
      };
    },
  );
}

/**
 * Aborts once the client closed its connection without its answer. Fastify's `request.signal` listens to the request,
 * which Node closes as soon as its body was read.
 */
function whenGone({ raw }: FastifyReply): AbortSignal {
  const gone = new AbortController();
  raw.once('close', () => {
    if (!raw.writableFinished) gone.abort();
  });
  return gone.signal;
}

/** Statuses of the reader's errors that tell a client what to do; all others are the server's own. */
const statuses: Readonly<Record<string, number>> = { ERR_QUESTION_TOO_LONG: 422, ERR_READER_DISPOSED: 503 };

function refuseUnanswerable(error: unknown): never {
  const status = error instanceof QaError ? statuses[error.code] : undefined;
  if (error instanceof QaError && status !== undefined)
    throw new HttpError(status, error.code, error.message);
  throw error;
}
