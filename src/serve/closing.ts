import type { IncomingMessage } from 'node:http';
import type { FastifyInstance } from 'fastify';

/** Milliseconds between two looks at whether all was answered. */
const interval = 50;

/**
 * Has `app.close()` end: Node stops to look for requests that take too long to come once it closes, and would wait for
 * these. What came whole is answered; what did not come within `patience` milliseconds is cut off.
 */
export function closeInTime(app: FastifyInstance, patience: number): void {
  const answering = new Set<IncomingMessage>();
  app.addHook('preHandler', ({ raw }, _reply, done) => {
    answering.add(raw);
    done();
  });
  app.addHook('onResponse', ({ raw }, _reply, done) => {
    answering.delete(raw);
    done();
  });
  app.addHook('preClose', (done) => {
    const closing = performance.now();
    const cutting = setInterval(() => {
      if (answering.size === 0 && performance.now() - closing >= patience) app.server.closeAllConnections();
    }, interval);
    app.server.once('close', () => {
      clearInterval(cutting);
    });
    done();
  });
}
