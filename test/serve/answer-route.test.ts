import { EventEmitter, on, once } from 'node:events';
import { connect, type AddressInfo, Socket } from 'node:net';
import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';
import test from 'ava';
import type { AnsweringReader } from '../../src/serve/answer-route.js';
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
  const { code, message } = response.json<{ code: string; message: string }>();
  t.is(code, 'ERR_TOO_BUSY');
  t.regex(message, /within 0\.2 s.*; ask about a shorter context/);
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

/** A reader that never answers and says what it was asked and what was given up. */
function unanswering() {
  const events = new EventEmitter();
  const counts = { asked: 0, givenUp: 0 };
  const read: AnsweringReader['read'] = (_question, _context, options) =>
    new Promise((_resolve, reject) => {
      const giveUp = () => {
        counts.givenUp++;
        reject(new Error('given up'));
        events.emit('given up');
      };
      counts.asked++;
      if (options?.signal?.aborted === true) giveUp();
      else options?.signal?.addEventListener('abort', giveUp);
      events.emit('asked');
    });
  return { events, counts, reader: { pending: 0, pendingCharacters: 0, read } };
}

/** `POST /answer` as it goes over a connection. */
function request(body: string): string {
  return `POST /answer HTTP/1.1\r\nhost: x\r\ncontent-type: application/json\r\ncontent-length: ${body.length}\r\n\r\n${body}`;
}

test('a client that goes away gives up all that it asked, however much at once', async (t) => {
  const { events, counts, reader } = unanswering();
  const waiting = await createServer(reader);
  await waiting.listen({ port: 0 });
  const socket = connect((waiting.server.address() as AddressInfo).port, '127.0.0.1');
  const questions = 12;
  const asked = on(events, 'asked');
  socket.write(request(JSON.stringify({ question, context })).repeat(questions));
  while (counts.asked < questions) await asked.next();
  const givenUp = on(events, 'given up');
  socket.destroy();
  while (counts.givenUp < questions) await givenUp.next();
  await waiting.close();
  t.deepEqual(counts, { asked: questions, givenUp: questions });
});

test('a question whose client was gone before it was read is given up, too', async (t) => {
  const { events, counts, reader } = unanswering();
  const waiting = await createServer(reader);
  const socket = new Socket();
  waiting.addHook('preHandler', async ({ raw }) => {
    const gone = once(raw.socket, 'close');
    socket.destroy();
    await gone;
  });
  await waiting.listen({ port: 0 });
  socket.connect((waiting.server.address() as AddressInfo).port, '127.0.0.1');
  const asked = once(events, 'asked');
  socket.write(request(JSON.stringify({ question, context })));
  await asked;
  t.deepEqual(counts, { asked: 1, givenUp: 1 });
  await waiting.close();
});
