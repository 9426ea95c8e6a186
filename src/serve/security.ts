import { BlockList, isIP } from 'node:net';
import type { FastifyInstance } from 'fastify';
import { HttpError } from './errors.js';

/** The page may load its own files and ask its own server, and nothing else. */
export const contentSecurityPolicy = [
  "default-src 'none'",
  "script-src 'self'",
  "style-src 'self'",
  "img-src 'self'",
  "connect-src 'self'",
  "base-uri 'none'",
  "form-action 'none'",
  "frame-ancestors 'none'",
].join('; ');

const loopback = new BlockList();
loopback.addSubnet('127.0.0.0', 8, 'ipv4');
loopback.addAddress('::1', 'ipv6');

/**
 * Headers that keep other sites out of what the server sends, and where it listens at a loopback address, a guard against
 * names: a site may have its own name point to 127.0.0.1, and its page would then ask as if it came from here (DNS
 * rebinding). Addresses cannot be made to point elsewhere.
 *
 * @param host where the server listens; without it, any name will do
 */
export function addSecurity(app: FastifyInstance, host: string | undefined): void {
  app.addHook('onSend', async (_request, reply) => {
    reply.headers({
      'content-security-policy': contentSecurityPolicy,
      'cross-origin-resource-policy': 'same-origin',
      'referrer-policy': 'no-referrer',
      'x-content-type-options': 'nosniff',
    });
  });
  app.addHook('onRequest', ({ raw }, _reply, done) => {
    // Node drops all but the first, where a proxy before it may heed another (RFC 9112, section 3.2).
    const hosts = raw.rawHeaders.filter((name, at) => at % 2 === 0 && /^host$/i.test(name)).length;
    if (hosts === 1 || (hosts === 0 && raw.httpVersion === '1.0')) done();
    else {
      const came = hosts === 0 ? 'none' : `${hosts}`;
      done(new HttpError(400, 'ERR_HOST', `Expected one Host header, got ${came}; name the server in it.`));
    }
  });
  if (host === undefined || !isLoopback(host)) return;
  app.addHook('onRequest', ({ headers }, _reply, done) => {
    const name = (headers.host ?? '').replace(/:\d+$/, '').toLowerCase();
    // No browser leaves it out, as HTTP/1.0 allows; what looks after a server may.
    if (headers.host === undefined || isOwnName(name)) done();
    else
      done(
        new HttpError(
          421,
          'ERR_HOST',
          `Expected a request for localhost or an address, got one for another name; have a proxy send ${host} as the host, ` +
            'or listen at an address that others reach.',
        ),
      );
  });
}

function isLoopback(host: string): boolean {
  if (isIP(host) === 0) return isOwnName(host);
  return loopback.check(host, isIP(host) === 6 ? 'ipv6' : 'ipv4');
}

function isOwnName(name: string): boolean {
  return /(^|\.)localhost$/.test(name) || isIP(name.replace(/^\[(.*)\]$/, '$1')) !== 0;
}
