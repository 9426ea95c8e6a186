import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import { QaError } from '../errors.js';
import type { Reader } from '../reader/reader.js';
import { answerSchema, type AnswerBody } from './answer-schema.js';
import { HttpError } from './errors.js';
import { onceOver } from './over.js';

/** What the server needs of a reader. */
export type AnsweringReader = Pick<Reader, 'read' | 'pending' | 'pendingCharacters'>;

/** UTF-16 units of the longest context whose tokens' scores are given: more would hold up the event loop. */
const longestWithScores = 10_000;

/** UTF-16 units of contexts beyond which no question is taken: tens of seconds of work for a small BERT on two cores. */
const mostCharacters = 4_000_000;

export interface QueueOptions {
  /** Questions that may wait; beyond them clients get 503. */
  readonly maxQueue: number;
  /** Milliseconds after which a question that has no answer is given up with 503. */
  readonly maxWait: number;
}

/**
 * `POST /answer`. Questions that wait together are batched by the reader; where too much waits a client gets 503 before
 * its body is read. A client that goes away gives its question up.
 */
export function addAnswerRoute(
  app: FastifyInstance,
  reader: AnsweringReader,
  { maxQueue, maxWait }: QueueOptions,
): void {
  const refuseWhenFull = () => {
    const { pending, pendingCharacters } = reader;
    if (pending < maxQueue && pendingCharacters < mostCharacters) return Promise.resolve();
    throw new HttpError(
      503,
      'ERR_QUEUE_FULL',
      `${pending} questions about ${pendingCharacters} characters wait already; try again soon.`,
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
        .read(question, context, {
          ...options,
          signal: whenUnwanted(request, reply, maxWait),
        })
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
 * Aborts once the client closed its connection without its answer, which it may have done already, or has waited so many
 * milliseconds. Fastify's `request.signal` listens to the request, which Node closes as soon as its body was read;
 * `AbortSignal.any` does not keep those that it is made of, and a timeout among them is collected before its time.
 */
function whenUnwanted(request: FastifyRequest, reply: FastifyReply, maxWait: number): AbortSignal {
  const unwanted = new AbortController();
  const waiting = setTimeout(() => {
    const problem = `Expected to answer within ${maxWait / 1000} s, but there is more to read`;
    const remedy = 'ask about a shorter context, or try again when fewer questions wait';
    unwanted.abort(new HttpError(503, 'ERR_TOO_BUSY', `${problem}; ${remedy}.`));
  }, maxWait).unref();
  onceOver(request, reply, () => {
    clearTimeout(waiting);
    if (!reply.raw.writableFinished) unwanted.abort();
  });
  return unwanted.signal;
}

/** What a client is told of the reader's errors that it can do something about; all others are the server's own. */
const refusals: Readonly<Record<string, readonly [status: number, message: string]>> = {
  // Not what the reader says: the size of windows is not the client's to choose.
  ERR_QUESTION_TOO_LONG: [
    422,
    'Expected a question that leaves room for its context, got one that is too long; shorten it.',
  ],
  ERR_READER_DISPOSED: [503, 'Expected a reader to ask, but it was closed; try again later.'],
};

function refuseUnanswerable(error: unknown): never {
  const refusal = error instanceof QaError ? refusals[error.code] : undefined;
  if (error instanceof QaError && refusal !== undefined) {
    const [status, message] = refusal;
    throw new HttpError(status, error.code, message);
  }
  throw error;
}
