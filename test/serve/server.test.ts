import { EventEmitter, on, once } from 'node:events';
import { readdirSync, readFileSync } from 'node:fs';
import { connect, type AddressInfo } from 'node:net';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';
import test from 'ava';
import type { FastifyInstance } from 'fastify';
import { Reader } from '../../src/reader/reader.js';
import type { Reading } from '../../src/reader/types.js';
import { contentSecurityPolicy } from '../../src/serve/security.js';
import { createServer } from '../../src/serve/server.js';
import { temporaryFolder } from '../cli/run.js';
import { writeTinyModel } from '../reader/tiny-model.js';

const folder = temporaryFolder();
let reader: Reader;
let app: FastifyInstance;

test.before(async () => {
  reader = await Reader.load(await writeTinyModel(join(folder, 'tiny')));
  app = await createServer(reader);
});
test.after.always(async () => {
  await app.close();
  await reader.dispose();
});

const context = 'Ada Holmson founded Oakford. It received its charter in 1512.';
const question = 'Who founded Oakford?';

const post = (payload: object | string, headers: Record<string, string> = {}) =>
  app.inject({
    method: 'POST',
    url: '/answer',
    headers: { 'content-type': 'application/json', ...headers },
    payload,
  });

/** A request whose body does not come. */
const half =
  'POST /answer HTTP/1.1\r\nhost: x\r\ncontent-type: application/json\r\ncontent-length: 99\r\n\r\n{"qu';

/** What a bare socket gets back after it sent a text. */
async function sendRaw(server: FastifyInstance, text: string): Promise<string> {
  const { port } = server.server.address() as AddressInfo;
  const socket = connect(port, '127.0.0.1');
  socket.write(text);
  let received = '';
  socket.on('data', (chunk: Buffer) => (received += chunk.toString()));
  await once(socket, 'close');
  return received;
}

test('a question is answered as the reader answers it, with timings and, if asked for, scores', async (t) => {
  const expected = await reader.read(question, context, { topK: 3, scores: true });
  const { statusCode, body } = await post({ question, context, topK: 3, scores: true });
  t.is(statusCode, 200, body);
  const { answers, windows, timings, scores } = JSON.parse(body) as Reading;
  t.deepEqual(answers, expected.answers);
  t.is(windows, 1);
  t.true(timings.waited >= 0 && timings.computed > 0);
  t.deepEqual(Object.values(scores?.offsets ?? {}), [...(expected.scores?.offsets ?? [])]);
  t.deepEqual(Object.values(scores?.endLogits ?? {}), [...(expected.scores?.endLogits ?? [])]);
});

test('what is not a question gets a 4xx with a sentence', async (t) => {
  const json = (value: object) => JSON.stringify(value);
  const cases: [string, number, RegExp, Record<string, string>?][] = [
    ['{"question":', 400, /not valid JSON/],
    ['', 400, /cannot be empty/],
    ['[]', 400, /must be object/],
    ['{"__proto__":{"x":1}}', 400, /not valid JSON/],
    [json({ context }), 400, /required property 'question'/],
    [json({ question: '', context }), 400, /fewer than 1 characters/],
    [json({ question: 7, context }), 400, /question must be string/],
    [json({ question, context: null }), 400, /context must be string/],
    [json({ question, context, topK: '3' }), 400, /topK must be integer/],
    [json({ question, context, topK: 1e9 }), 400, /topK must be <= 100/],
    [json({ question, context, top_k: 3 }), 400, /additional properties/],
    [json({ question: 'x'.repeat(10_001), context }), 400, /more than 10000 characters/],
    [json({ question: 'why '.repeat(100), context }), 422, /leave more than 16 of 64 positions/],
    [
      json({ question, context: 'x '.repeat(6000), scores: true }),
      422,
      /10000 UTF-16 units with scores, got 12000/,
    ],
    [json({ question, context: 'x'.repeat(600_000) }), 413, /too large: ask about a shorter/],
    [json({ question, context }), 415, /Unsupported Media Type: send/, { 'content-type': 'text/plain' }],
  ];
  for (const [body, status, message, headers] of cases) {
    const response = await post(body, headers);
    t.is(response.statusCode, status, response.body);
    const { statusCode, code, message: told } = response.json<Record<string, unknown>>();
    t.is(statusCode, status);
    t.is(typeof code, 'string');
    t.regex(String(told), message);
  }
  const unreadable = await app.inject('/%ff');
  t.is(unreadable.statusCode, 400);
  t.deepEqual(Object.keys(unreadable.json<object>()).sort(), ['code', 'message', 'statusCode']);
  t.is((await app.inject('/nowhere')).statusCode, 404);
  for (const [method, url, allow] of [
    ['DELETE', '/answer', 'POST'],
    ['GET', '/answer?question=who', 'POST'],
    ['POST', '/health', 'GET, HEAD'],
    ['PUT', '/', 'GET, HEAD'],
  ] as const) {
    const response = await app.inject({ method, url });
    t.is(response.statusCode, 405);
    t.is(response.headers['allow'], allow);
    t.regex(response.json<{ message: string }>().message, new RegExp(`got ${method}; see`));
  }
});

test('markup, control characters and broken surrogates in every field come back as text', async (t) => {
  for (const strange of [
    '<script>alert(1)</script>',
    '\u0000\u0007\u001b[2J\u202e',
    '\ud800 \udfff',
    '"\\\u2028',
  ]) {
    const text = `${strange} ${context} ${strange}`;
    const response = await post({ question: `${strange} who?`, context: text });
    t.is(response.statusCode, 200, response.body);
    t.regex(String(response.headers['content-type']), /^application\/json/);
    const [{ start, end, text: answer }] = response.json<Reading>().answers;
    t.is(answer, Buffer.from(text.slice(start, end)).toString());
    t.is((await post({ [strange]: strange })).statusCode, 400);
  }
});

test('a full queue is told with 503 and when to come again', async (t) => {
  const full = await createServer(
    { pending: 4, pendingCharacters: 80, read: () => Promise.reject(new Error('asked')) },
    { maxQueue: 4 },
  );
  const response = await full.inject({ method: 'POST', url: '/answer', payload: { question, context } });
  t.is(response.statusCode, 503);
  t.is(response.headers['retry-after'], '1');
  t.regex(response.json<{ message: string }>().message, /4 questions about 80 characters wait already/);
  t.deepEqual((await full.inject('/health')).json(), { status: 'ok', pending: 4, maxQueue: 4 });
  await full.close();
});

test('few questions about very long texts fill the queue, too', async (t) => {
  const full = await createServer({
    pending: 9,
    pendingCharacters: 4_000_000,
    read: () => Promise.reject(new Error('asked')),
  });
  const response = await full.inject({ method: 'POST', url: '/answer', payload: { question, context } });
  t.is(response.statusCode, 503);
  t.is(response.headers['retry-after'], '1');
  await full.close();
});

test('a question that waits too long is given up with 503, whatever is collected meanwhile', async (t) => {
  setFlagsFromString('--expose-gc');
  const collect = setInterval(runInNewContext('gc') as () => void, 5);
  const asked: unknown[] = [];
  const busy = await createServer(
    {
      pending: 1,
      pendingCharacters: 20,
      read: (_question, _context, options) =>
        new Promise((_resolve, reject) => {
          asked.push(options);
          options?.signal?.addEventListener('abort', () => {
            reject(options.signal?.reason as Error);
          });
        }),
    },
    { maxWait: 200 },
  );
  const response = await busy.inject({ method: 'POST', url: '/answer', payload: { question, context } });
  t.is(response.statusCode, 503);
  t.is(response.headers['retry-after'], '1');
  clearInterval(collect);
  t.is(asked.length, 1);
  t.is(response.json<{ code: string }>().code, 'ERR_TOO_BUSY');
  await busy.close();
});

test("what fails within is the server's fault, and not told to the client", async (t) => {
  const failing = await createServer({
    pending: 0,
    pendingCharacters: 0,
    read: () => Promise.reject(new Error('secret')),
  });
  const response = await failing.inject({ method: 'POST', url: '/answer', payload: { question, context } });
  t.is(response.statusCode, 500);
  t.false(response.body.includes('secret'));
  await failing.close();
});

test('a client that goes away gives its question up', async (t) => {
  const asked = new EventEmitter();
  const waiting = await createServer({
    pending: 0,
    pendingCharacters: 0,
    read: (_question, _context, options) =>
      new Promise((_resolve, reject) => {
        options?.signal?.addEventListener('abort', () => {
          reject(new Error('given up'));
          asked.emit('given up');
        });
        asked.emit('asked');
      }),
  });
  await waiting.listen({ port: 0 });
  const socket = connect((waiting.server.address() as AddressInfo).port, '127.0.0.1');
  const body = JSON.stringify({ question, context });
  const wasAsked = once(asked, 'asked');
  const head = `host: x\r\ncontent-type: application/json\r\ncontent-length: ${body.length}`;
  socket.write(`POST /answer HTTP/1.1\r\n${head}\r\n\r\n${body}`);
  await wasAsked;
  const givenUp = once(asked, 'given up');
  socket.destroy();
  await givenUp;
  await waiting.close();
  t.pass();
});

test('requests that are no HTTP, or take too long to come, are refused and closed', async (t) => {
  const impatient = await createServer(reader, { requestTimeout: 200 });
  await impatient.listen({ port: 0 });
  const problems = {
    'GARBAGE\r\n\r\n': { statusCode: 400, message: /HTTP\/1\.1/ },
    'POST /answer HTTP/1.1\r\nhost: x\r\n': { statusCode: 408, message: /whole request/ },
    [half]: { statusCode: 408, message: /whole request/ },
    [`GET / HTTP/1.1\r\nx: ${'y'.repeat(20_000)}\r\n\r\n`]: { statusCode: 431, message: /shorter/ },
  };
  for (const [text, { statusCode, message }] of Object.entries(problems)) {
    const [head, body] = (await sendRaw(impatient, text)).split('\r\n\r\n');
    t.true(head.startsWith(`HTTP/1.1 ${statusCode} `), head);
    const told = JSON.parse(body) as Record<string, unknown>;
    t.deepEqual(Object.keys(told).sort(), ['code', 'message', 'statusCode']);
    t.is(told['statusCode'], statusCode);
    t.regex(String(told['message']), message);
  }
  await impatient.close();
});

test('a server that is told to end answers what was asked, and does not wait for what does not come', async (t) => {
  const ending = await createServer(reader, { requestTimeout: 200 });
  await ending.listen({ port: 0 });
  const { port } = ending.server.address() as AddressInfo;
  const slow = [half, 'POST /answer HT', ''].map((text) => {
    const socket = connect(port, '127.0.0.1').resume();
    socket.on('error', () => undefined).write(text);
    return once(socket, 'close');
  });
  const body = JSON.stringify({ question, context: context.repeat(200) });
  const head = `host: 127.0.0.1\r\ncontent-type: application/json\r\ncontent-length: ${body.length}`;
  const requests = on(ending.server, 'request');
  const answer = sendRaw(ending, `POST /answer HTTP/1.1\r\n${head}\r\n\r\n${body}`);
  await requests.next();
  await requests.next();
  await ending.close();
  t.regex(await answer, /^HTTP\/1\.1 200 /);
  await Promise.all(slow);
});

test('OpenAPI describes the routes of programs, and not those of the page', async (t) => {
  const description = (await app.inject('/openapi.json')).json<{ openapi: string; paths: object }>();
  t.regex(description.openapi, /^3\./);
  t.deepEqual(Object.keys(description.paths).sort(), ['/answer', '/health']);
  // Generators of clients name their functions by these.
  t.deepEqual(
    JSON.stringify(description)
      .match(/"operationId":"\w+"/g)
      ?.sort(),
    ['"operationId":"answer"', '"operationId":"health"'],
  );
});

test('bytes that are no UTF-8 are refused: replaced, they would move every offset', async (t) => {
  const body = Buffer.from(JSON.stringify({ question, context: 'café 1512' }), 'latin1');
  const response = await app.inject({
    method: 'POST',
    url: '/answer',
    headers: { 'content-type': 'application/json' },
    payload: body,
  });
  t.is(response.statusCode, 400, response.body);
  t.regex(response.json<{ message: string }>().message, /UTF-8/);
});

test('at a loopback address, names that other sites could have point here are refused', async (t) => {
  const local = await createServer(reader, { host: '127.0.0.1' });
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
  await local.close();
  const open = await createServer(reader, { host: '0.0.0.0' });
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
    const payload = JSON.stringify({ question, context });
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
