import { once } from 'node:events';
import { readdirSync, readFileSync } from 'node:fs';
import { connect, type AddressInfo } from 'node:net';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import test from 'ava';
import type { FastifyInstance } from 'fastify';
import { contentSecurityPolicy } from '../../src/serve/security.js';
import { createServer } from '../../src/serve/server.js';

// What other sites and other names get, and what the page may do.

const idle = {
  pending: 0,
  pendingCharacters: 0,
  read: () => Promise.reject(new Error('Nothing of this is to be asked.')),
};
let app: FastifyInstance;

test.before(async () => {
  app = await createServer(idle);
});
test.after.always(() => app.close());

test('at a loopback address, names that other sites could have point here are refused', async (t) => {
  const local = await createServer(idle, { host: '127.0.0.1' });
  const ask = (host: string) => local.inject({ url: '/health', headers: { host } });
  for (const host of [
    '127.0.0.1:8080',
    'localhost',
    'localhost:8080',
    'qa.localhost',
    '[::1]:8080',
    'LOCALHOST',
  ]) {
    t.is((await ask(host)).statusCode, 200, host);
  }
  for (const host of ['rebound.example', 'rebound.example:8080', 'localhost.example', '127.0.0.1.example']) {
    const response = await ask(host);
    t.is(response.statusCode, 421, host);
    t.regex(response.json<{ message: string }>().message, /Expected a request for .*localhost/);
  }
  await local.listen({ port: 0 });
  const { port } = local.server.address() as AddressInfo;
  const socket = connect(port, '127.0.0.1');
  socket.write('GET /health HTTP/1.0\r\n\r\n');
  const [reply] = (await once(socket, 'data')) as [Buffer];
  t.regex(reply.toString(), /^HTTP\/1\.1 200 /);
  await local.close();
  const open = await createServer(idle, { host: '0.0.0.0' });
  t.is((await open.inject({ url: '/health', headers: { host: 'qa.example' } })).statusCode, 200);
  await open.close();
});

test('a page of another site gets nothing: its browser asks first, and is not told yes', async (t) => {
  const asked = { origin: 'http://other.example', 'access-control-request-method': 'POST' };
  const preflight = await app.inject({ method: 'OPTIONS', url: '/answer', headers: asked });
  t.is(preflight.statusCode, 405);
  // What a browser sends without asking has none of JSON's types.
  for (const type of [
    'text/plain',
    'application/x-www-form-urlencoded',
    'multipart/form-data; boundary=x',
    '',
  ]) {
    const headers = { origin: 'http://other.example', 'content-type': type };
    const payload = JSON.stringify({ question: 'Who?', context: 'Ada.' });
    t.is((await app.inject({ method: 'POST', url: '/answer', headers, payload })).statusCode, 415, type);
  }
  for (const url of ['/', '/health', '/nowhere']) {
    const { headers } = await app.inject({ url, headers: { origin: 'http://other.example' } });
    t.is(headers['access-control-allow-origin'], undefined);
    t.is(headers['cross-origin-resource-policy'], 'same-origin', url);
    t.is(headers['x-content-type-options'], 'nosniff', url);
  }
});

test('the page and its files are strict about what they load, and name no other host', async (t) => {
  const page = await app.inject('/');
  t.is(page.statusCode, 200);
  t.is(page.headers['content-security-policy'], contentSecurityPolicy);
  t.regex(contentSecurityPolicy, /default-src 'none'/);
  t.false(contentSecurityPolicy.includes('unsafe'));
  const sources = fileURLToPath(new URL('../../../src/serve/page/', import.meta.url));
  for (const name of readdirSync(sources)) {
    const text = readFileSync(join(sources, name), 'utf8').replace('http://www.w3.org/2000/svg', '');
    t.notRegex(text, /https?:|innerHTML|outerHTML|insertAdjacentHTML|document\.write/, name);
    if (name === 'index.html') continue;
    const file = await app.inject(`/page/${name}`);
    t.is(file.statusCode, 200);
    t.is(file.headers['x-content-type-options'], 'nosniff');
  }
  t.true((await app.inject('/examples')).json<unknown[]>().length >= 3);
});
