import { join } from 'node:path';
import test from 'ava';
import type { FastifyInstance } from 'fastify';
import { Reader } from '../../src/reader/reader.js';
import type { Reading } from '../../src/reader/types.js';
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
    ['{"question":', 400, /Expected JSON, got what is none \(Unexpected end of JSON input\)/],
    ['', 400, /Expected JSON/],
    ['[]', 400, /must be object/],
    ['{"__proto__":{"question":"x"},"question":"Who?","context":"Ada."}', 400, /got "__proto__"/],
    [json({ context }), 400, /required property 'question'/],
    [json({ question: '', context }), 400, /fewer than 1 characters/],
    [json({ question: 7, context }), 400, /question must be string/],
    [json({ question, context: null }), 400, /context must be string/],
    [json({ question, context, topK: '3' }), 400, /topK must be integer/],
    [json({ question, context, topK: 1e9 }), 400, /topK must be <= 100/],
    [json({ question, context, top_k: 3 }), 400, /additional properties, got "top_k"; see/],
    [json({ question: 'x'.repeat(10_001), context }), 400, /more than 10000 characters/],
    [
      json({ question: 'why '.repeat(100), context }),
      422,
      /leaves room for its context, got one that is too long; shorten it\.$/,
    ],
    [
      json({ question, context: 'x '.repeat(6000), scores: true }),
      422,
      /10000 UTF-16 units with scores, got 12000/,
    ],
    [json({ question, context: 'x'.repeat(600_000) }), 413, /too large: ask about a shorter/],
    [json({ question, context }), 415, /Unsupported Media Type: send/, { 'content-type': 'text/plain' }],
    [json({ question, context }), 415, /not encoded, got .*gzip; send/, { 'content-encoding': 'gzip' }],
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

test('OpenAPI describes the routes of programs, and not those of the page', async (t) => {
  interface Route {
    readonly responses: Record<string, object>;
  }
  const description = (await app.inject('/openapi.json')).json<{
    openapi: string;
    paths: { '/answer': { post: Route }; '/health': { get: Route } };
  }>();
  t.regex(description.openapi, /^3\./);
  t.deepEqual(Object.keys(description.paths).sort(), ['/answer', '/health']);
  const statusesOf = ({ responses }: Route) => Object.keys(responses).map(Number);
  const ofAll = [200, 400, 408, 417, 421, 431, 503];
  t.deepEqual(statusesOf(description.paths['/health'].get), ofAll);
  t.deepEqual(
    statusesOf(description.paths['/answer'].post),
    [...ofAll, 413, 415, 422, 500].sort((a, b) => a - b),
  );
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
