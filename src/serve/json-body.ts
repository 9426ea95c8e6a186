import { setImmediate as nextTurn } from 'node:timers/promises';
import type { FastifyInstance } from 'fastify';
import { messageOf } from '../errors.js';
import { HttpError } from './errors.js';

/** Bytes of a body that is parsed as soon as it came; longer ones take turns. */
const short = 16 * 1024;

const utf8 = new TextDecoder('utf-8', { fatal: true });

/**
 * Takes JSON alone, and as UTF-8 alone: fastify would replace other bytes, and every offset behind them would be wrong.
 * Of the long bodies that came together each has a turn of the event loop of its own, so that a hundred of them do not
 * hold it up.
 */
export function takeJsonOnly(app: FastifyInstance): void {
  let turn = Promise.resolve();
  app.removeAllContentTypeParsers();
  app.addContentTypeParser<Buffer>('application/json', { parseAs: 'buffer' }, ({ headers }, body, done) => {
    const parseNow = () => {
      try {
        done(null, parse(body, headers['content-encoding'] ?? 'identity'));
      } catch (error) {
        done(error as HttpError);
      }
    };
    if (body.length <= short) {
      parseNow();
      return;
    }
    turn = turn.then(() => nextTurn());
    void turn.then(parseNow);
  });
}

/** The value of a body; a `__proto__` in it is a property as any other, which no schema has. */
function parse(body: Buffer, coding: string): unknown {
  if (coding !== 'identity') {
    const problem = `Expected a body that is not encoded, got content-encoding: ${coding}; send it as it is.`;
    throw new HttpError(415, 'ERR_CONTENT_ENCODING', problem);
  }
  let text: string;
  try {
    text = utf8.decode(body);
  } catch {
    throw new HttpError(400, 'ERR_ENCODING', 'Expected JSON in UTF-8, got other bytes; send it as UTF-8.');
  }
  try {
    return JSON.parse(text);
  } catch (error) {
    const problem = `Expected JSON, got what is none (${messageOf(error)}); see /openapi.json.`;
    throw new HttpError(400, 'ERR_JSON', problem);
  }
}
