import { EventEmitter, once } from 'node:events';
import { connect, type AddressInfo } from 'node:net';
import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';
import test from 'ava';
import { createServer } from '../../src/serve/server.js';

// What becomes of questions that the reader has no time for, fails at, or nobody waits for any more.

const context = 'Ada Holmson founded Oakford. It received its charter in 1512.';
const question = 'Who founded Oakford?';

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
