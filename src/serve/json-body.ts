import { setImmediate as nextTurn } from 'node:timers/promises';
import type { FastifyInstance } from 'fastify';
import { HttpError } from './errors.js';

/** Bytes of a body that is parsed as soon as it came; longer ones take turns. */
const short = 16 * 1024;

/**
 * Takes JSON alone, and as UTF-8 alone: fastify would replace other bytes, and every offset behind them would be wrong.
 * Of the long bodies that came together each has a turn of the event loop of its own, so that a hundred of them do not
 * hold it up.
 */
export function takeJsonOnly(app: FastifyInstance): void {
  const parse = app.getDefaultJsonParser('error', 'error');
  const utf8 = new TextDecoder('utf-8', { fatal: true });
  let turn = Promise.resolve();
  app.removeAllContentTypeParsers();
  app.addContentTypeParser<Buffer>('application/json', { parseAs: 'buffer' }, (request, body, done) => {
    const parseNow = () => {
      let text: string;
      try {
        text = utf8.decode(body);
      } catch {
        const problem = 'Expected JSON in UTF-8, got other bytes; send it as UTF-8.';
        done(new HttpError(400, 'ERR_ENCODING', problem));
        return;
      }
      void parse(request, text, done);
    };
    if (body.length <= short) {
      parseNow();
      return;
    }
    turn = turn.then(() => nextTurn());
    void turn.then(parseNow);
  });
}
