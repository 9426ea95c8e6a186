import type { ServerResponse } from 'node:http';
import type { FastifyInstance } from 'fastify';
import { HttpError } from './errors.js';
import { onceOver } from './over.js';

/** Milliseconds between two looks at whether all was answered. */
const interval = 50;

/**
 * Has `app.close()` end: Node stops to look for requests that take too long to come once it closes, and would wait for
 * these. What came whole is answered; what did not come within `patience` milliseconds is cut off, and so is an answer
 * that is not taken for as long. What comes on a connection behind that is refused.
 */
export function closeInTime(app: FastifyInstance, patience: number): void {
  /** Replies, each with the time until which it is waited for: while it is being computed without end. */
  const answering = new Map<ServerResponse, number>();
  let isClosing = false;
  app.addHook('onRequest', (_request, _reply, done) => {
    if (!isClosing) done();
    else
      done(
        new HttpError(503, 'ERR_CLOSING', 'The server is being stopped; ask again once it was started anew.'),
      );
  });
  app.addHook('preHandler', (request, reply, done) => {
    answering.set(reply.raw, Infinity);
    onceOver(request, reply, () => answering.delete(reply.raw));
    done();
  });
  app.addHook('onSend', (_request, { raw }, _payload, done) => {
    if (answering.has(raw)) answering.set(raw, performance.now() + patience);
    done();
  });
  app.addHook('preClose', (done) => {
    isClosing = true;
    const closing = performance.now();
    const cutting = setInterval(() => {
      const now = performance.now();
      const isWaitedFor = now - closing < patience || [...answering.values()].some((until) => until > now);
      if (!isWaitedFor) app.server.closeAllConnections();
      // Node closes those that are idle when it is told to end, and would wait for those that are so from then on.
      else if (answering.size === 0) app.server.closeIdleConnections();
    }, interval);
    app.server.once('close', () => {
      clearInterval(cutting);
    });
    done();
  });
}
