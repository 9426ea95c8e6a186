import { EventEmitter, on, once } from 'node:events';
import { connect, type AddressInfo } from 'node:net';
import { join } from 'node:path';
import test from 'ava';
import type { FastifyInstance } from 'fastify';
import { Reader } from '../../src/reader/reader.js';
import { createServer } from '../../src/serve/server.js';
import { temporaryFolder } from '../cli/run.js';
import { writeTinyModel } from '../reader/tiny-model.js';

// Bare sockets: what is no HTTP, comes too slowly, or is there when the server ends. One after the other, as they have
// little time for what they send.

const folder = temporaryFolder();
let reader: Reader;

test.before(async () => {
  reader = await Reader.load(await writeTinyModel(join(folder, 'tiny')));
});
test.after.always(() => reader.dispose());

/** Milliseconds that requests may take to come: what is sent whole comes within, on a machine that has other work, too. */
const patience = 1000;

/** A request whose body does not come. */
const half =
  'POST /answer HTTP/1.1\r\nhost: x\r\ncontent-type: application/json\r\ncontent-length: 99\r\n\r\n{"qu';

/** A request with its body. */
const whole = (body: string) =>
  `POST /answer HTTP/1.1\r\nhost: 127.0.0.1\r\ncontent-type: application/json\r\ncontent-length: ${body.length}\r\n\r\n${body}`;

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

test.serial('requests that are no HTTP, or take too long to come, are refused and closed', async (t) => {
  const impatient = await createServer(reader, { requestTimeout: patience });
  await impatient.listen({ port: 0 });
  const problems = {
    'GARBAGE\r\n\r\n': { statusCode: 400, message: /HTTP\/1\.1/ },
    'POST /answer HTTP/1.1\r\nhost: x\r\n': { statusCode: 408, message: /whole request/ },
    'GET /health HTTP/1.1\r\nconnection: close\r\n\r\n': {
      statusCode: 400,
      message: /one Host header, got none/,
    },
    'GET /health HTTP/1.1\r\nhost: x\r\nHOST: y\r\nconnection: close\r\n\r\n': {
      statusCode: 400,
      message: /one Host header, got 2/,
    },
    'GET / HTTP/1.1\r\nhost: x\r\nexpect: cake\r\nconnection: close\r\n\r\n': {
      statusCode: 417,
      message: /100-continue/,
    },
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

test.serial('a client hears that its body is too large though it sends all of it first', async (t) => {
  const server = await createServer(reader, { bodyLimit: 1000 });
  await server.listen({ port: 0 });
  const { port } = server.server.address() as AddressInfo;
  const socket = connect(port, '127.0.0.1');
  const closed = once(socket, 'close');
  let received = '';
  // More than the buffers between client and server hold.
  socket.write(whole('x'.repeat(20_000_000)), () => {
    socket.on('data', (chunk: Buffer) => {
      received += chunk.toString();
      socket.end();
    });
  });
  await closed;
  t.regex(received, /^HTTP\/1\.1 413 /);
  await server.close();
});

test.serial(
  'a server that is told to end answers what was asked, and does not wait for what does not come',
  async (t) => {
    const ending = await createServer(reader, { requestTimeout: patience });
    await ending.listen({ port: 0 });
    const { port } = ending.server.address() as AddressInfo;
    const slow = [half, 'POST /answer HT', ''].map((text) => {
      const socket = connect(port, '127.0.0.1').resume();
      socket.on('error', () => undefined).write(text);
      return once(socket, 'close');
    });
    const body = JSON.stringify({ question: 'Who?', context: 'Ada Holmson founded it. '.repeat(500) });
    const requests = on(ending.server, 'request');
    const answer = sendRaw(ending, whole(body));
    await requests.next();
    await requests.next();
    await ending.close();
    t.regex(await answer, /^HTTP\/1\.1 200 /);
    await Promise.all(slow);
  },
);

test.serial(
  'a server that is told to end does not wait for the answers of clients that went away',
  async (t) => {
    const asked = new EventEmitter();
    const ending = await createServer(
      {
        pending: 0,
        pendingCharacters: 0,
        read: (_question, _context, options) =>
          new Promise((_resolve, reject) => {
            options?.signal?.addEventListener('abort', () => {
              reject(new Error('given up'));
            });
            asked.emit('question');
          }),
      },
      { requestTimeout: patience },
    );
    await ending.listen({ port: 0 });
    const { port } = ending.server.address() as AddressInfo;
    const leaving = connect(port, '127.0.0.1');
    const questions = on(asked, 'question');
    // The second waits behind the first on its connection.
    leaving.write(whole('{"question":"Who?","context":"Ada."}').repeat(2));
    await questions.next();
    await questions.next();
    leaving.destroy();
    const slow = connect(port, '127.0.0.1').resume();
    slow.on('error', () => undefined).write(half);
    const cut = new Promise((resolve) => slow.once('close', resolve));
    await once(ending.server, 'connection');
    await Promise.all([ending.close(), cut]);
    t.pass();
  },
);

test.serial(
  'a server that is told to end does not wait for a client that does not read its answer',
  async (t) => {
    // More than the buffers between server and client hold.
    const text = 'x'.repeat(30_000_000);
    const answers = [{ text, start: 0, end: text.length, score: 0, probability: 1 }];
    const reading = { answers, windows: 1, timings: { waited: 0, computed: 0 } };
    const ending = await createServer(
      { pending: 0, pendingCharacters: 0, read: () => Promise.resolve(reading) },
      { requestTimeout: patience },
    );
    await ending.listen({ port: 0 });
    const { port } = ending.server.address() as AddressInfo;
    const deaf = connect(port, '127.0.0.1').pause();
    deaf.on('error', () => undefined);
    deaf.write(whole('{"question":"Who?","context":"Ada."}'));
    await once(ending.server, 'request');
    await ending.close();
    deaf.destroy();
    t.pass();
  },
);

test.serial('a server that is told to end does not wait for connections whose answer came', async (t) => {
  const ending = await createServer(reader, { requestTimeout: 60_000 });
  // Of itself, Node closes none.
  ending.server.keepAliveTimeout = 0;
  await ending.listen({ port: 0 });
  const { port } = ending.server.address() as AddressInfo;
  const socket = connect(port, '127.0.0.1');
  const request = once(ending.server, 'request');
  const body = JSON.stringify({ question: 'Who?', context: 'Ada Holmson founded it. '.repeat(500) });
  socket.write(whole(body));
  await request;
  const answered = once(socket, 'data');
  await Promise.all([ending.close(), answered, once(socket, 'close')]);
  t.pass();
});

test.serial('what comes behind a question while the server ends is refused as all else is', async (t) => {
  const asked = new EventEmitter();
  const reading = { answers: [], windows: 1, timings: { waited: 0, computed: 0 } };
  const ending = await createServer({
    pending: 0,
    pendingCharacters: 0,
    read: async () => {
      asked.emit('question');
      await once(asked, 'answer');
      return reading;
    },
  });
  ending.addHook('preClose', (done) => {
    asked.emit('closing');
    done();
  });
  await ending.listen({ port: 0 });
  const { port } = ending.server.address() as AddressInfo;
  const socket = connect(port, '127.0.0.1');
  let received = '';
  socket.on('data', (chunk: Buffer) => (received += chunk.toString()));
  const question = once(asked, 'question');
  socket.write(whole('{"question":"Who?","context":"Ada."}'));
  await question;
  const closing = once(asked, 'closing');
  const closed = ending.close();
  await closing;
  socket.write('GET /health HTTP/1.1\r\nhost: 127.0.0.1\r\n\r\n');
  await once(ending.server, 'request');
  asked.emit('answer');
  await Promise.all([closed, once(socket, 'close')]);
  t.regex(received, /^HTTP\/1\.1 200 /);
  const [, refusal] = received.split('HTTP/1.1 503 ');
  t.regex(refusal, /retry-after: 1\r\n/);
  t.regex(refusal, /x-content-type-options: nosniff\r\n/);
  const [, body] = refusal.split('\r\n\r\n');
  t.like(JSON.parse(body), { statusCode: 503, code: 'ERR_CLOSING' });
});
