import type { FastifyInstance } from 'fastify';
import { HttpError } from './errors.js';

/** Takes JSON alone, and as UTF-8 alone: fastify would replace other bytes, and every offset behind them would be wrong. */
export function takeJsonOnly(app: FastifyInstance): void {
  const parse = app.getDefaultJsonParser('error', 'error');
  const utf8 = new TextDecoder('utf-8', { fatal: true });
  app.removeAllContentTypeParsers();
  app.addContentTypeParser('application/json', { parseAs: 'buffer' }, (request, body, done) => {
    let text: string;
    try {
      text = utf8.decode(body as Buffer);
    } catch {
      done(new HttpError(400, 'ERR_ENCODING', 'Expected JSON in UTF-8, got other bytes; send it as UTF-8.'));
      return;
    }
    void parse(request, text, done);
  });
}
