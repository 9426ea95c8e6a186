import {
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  utimesSync,
  writeFileSync,
} from 'node:fs';
import type { IncomingMessage, RequestListener, ServerResponse } from 'node:http';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import test from 'ava';
import { download } from '../../src/hub/download.js';
import { serving } from '../serving.js';

const folder = mkdtempSync(join(tmpdir(), 'download-'));
test.after.always(() => {
  rmSync(folder, { recursive: true });
});

const content = Buffer.from(Array.from({ length: 300_000 }, (_, index) => (index * 7919) % 251));
/** Enough for a busy machine, but where nothing comes. */
const patienceFor = (name: string) => (/stalled|never|trickle/.test(name) ? 0.5 : 20);

/** A server that answers each request by the next of its listeners, the last again and again. */
function inTurn(...listeners: readonly RequestListener[]): RequestListener {
  let count = 0;
  return (request, response) => {
    listeners[Math.min(count, listeners.length - 1)](request, response);
    count += 1;
  };
}

const whole: RequestListener = (_, response) => response.writeHead(200, { etag: '"1"' }).end(content);

/** When a server hangs up after what it has sent: by default before long, where the last piece may be lost. */
type Wait = (end: number) => Promise<unknown>;
const soon: Wait = () => sleep(20);

/** Announces the whole, sends the part up to `end`, and hangs up. */
const cutAt =
  (end: number, wait = soon) =>
  (_: IncomingMessage, response: ServerResponse) => {
    response.writeHead(200, { 'content-length': content.length, etag: '"1"' });
    response.write(content.subarray(0, end), () => void wait(end).then(() => response.destroy()));
  };

/** Sends the part up to `end`, and then nothing. */
const stallAt = (end: number) => (_: IncomingMessage, response: ServerResponse) => {
  response.writeHead(200, { 'content-length': content.length, etag: '"1"' });
  response.write(content.subarray(0, end));
};

/** Sends the range that is asked for up to `end`; of the file from its start, all. */
const rest =
  (end = content.length, wait = soon): RequestListener =>
  (request, response) => {
    const [, start] = /^bytes=(\d+)-$/.exec(request.headers.range ?? '') ?? [];
    if (start === undefined || request.headers['if-range'] !== '"1"') {
      whole(request, response);
      return;
    }
    response.writeHead(206, { 'content-range': `bytes ${start}-${content.length - 1}/${content.length}` });
    response.write(content.subarray(Number(start), end), () => {
      if (end === content.length) response.end();
      else void wait(end).then(() => response.destroy());
    });
  };

/** A byte now and then. */
const trickle: RequestListener = (_, response) => {
  response.writeHead(200, { 'content-length': content.length });
  const timer = setInterval(() => {
    if (response.destroyed) clearInterval(timer);
    else response.write('x');
  }, 50);
};

const refuse = (status: number) => (_: IncomingMessage, response: ServerResponse) => {
  response.writeHead(status).end('no');
};

const redirect: RequestListener = (request, response) => {
  if (request.url === '/moved') response.end(content);
  else response.writeHead(302, { location: '/moved' }).end();
};

const successes: readonly (readonly [name: string, listener: RequestListener])[] = [
  ['one answer', whole],
  ['an answer without its length', (_, response) => void response.writeHead(200).end(content)],
  ['a redirect', redirect],
  ['cut twice, taken up where it ended', inTurn(cutAt(100_000), rest(200_000), rest())],
  ['cut before the first byte', inTurn((request) => request.socket.destroy(), whole)],
  ['cut by a server that knows no ranges', inTurn(cutAt(100_000), whole)],
  ['cut where the rest is no longer to be had', inTurn(cutAt(100_000), refuse(416), whole)],
  ['stalled, then taken up', inTurn(stallAt(100_000), rest())],
  ['busy at first', inTurn(refuse(503), refuse(429), whole)],
];

for (const [name, listener] of successes) {
  test(`a file comes whole: ${name}`, async (t) => {
    const path = join(folder, name, 'file');
    await serving(listener, (url) => download(`${url}/file`, path, { patience: patienceFor(name) }));
    t.true(readFileSync(path).equals(content));
    t.deepEqual(readdirSync(dirname(path)), ['file']);
  });
}

const failures: readonly (readonly [name: string, listener: RequestListener, reason: RegExp])[] = [
  ['a 404', refuse(404), /\(the server answered 404\)/],
  ['a 401', refuse(401), /\(the server answered 401\)/],
  ['always a 503', refuse(503), /\(the server answered 503\)/],
  ['always cut at one place', cutAt(100_000), /the download broke off \(.+\)/],
  ['always stalled', stallAt(100_000), /nothing came for 0\.5 seconds/],
  ['a trickle without end', trickle, /only \d+ bytes came in 0\.5 seconds/],
  ['never an answer', () => undefined, /cannot be reached \(nothing came for 0\.5 seconds\)/],
  ['a redirect in a circle', (_, response) => response.writeHead(302, { location: '/' }).end(), /redirect/],
  [
    'a length that is too large',
    (request) => request.socket.end(`HTTP/1.1 200 OK\r\nContent-Length: 10\r\n\r\nshort`),
    /broke off|5 of 10 bytes came/,
  ],
];

for (const [name, listener, reason] of failures) {
  test(`a download that fails leaves what was there: ${name}`, async (t) => {
    const path = join(folder, `before ${name}`);
    writeFileSync(path, 'before');
    const patience = patienceFor(name);
    await serving(listener, async (url) => {
      await t.throwsAsync(download(url, path, { patience }), { code: 'ERR_DOWNLOAD', message: reason });
      await t.throwsAsync(download(url, join(folder, name, 'new'), { patience }), { message: reason });
    });
    t.is(readFileSync(path, 'utf8'), 'before');
    t.false(existsSync(join(folder, name, 'new')));
    t.deepEqual(readdirSync(join(folder, name)), []);
    t.deepEqual(
      readdirSync(folder).filter((file) => file.startsWith(`before ${name}.`)),
      [],
    );
  });
}

test('what has come is not asked for again', async (t) => {
  const ranges: (string | undefined)[] = [];
  const sizeOfPart = () => {
    const part = readdirSync(folder).find((name) => name.startsWith('ranges.'));
    return part === undefined ? 0 : statSync(join(folder, part)).size;
  };
  const whenStored: Wait = async (end) => {
    while (sizeOfPart() < end) await sleep(5);
  };
  const listener = inTurn(cutAt(100_000, whenStored), rest(200_000, whenStored), rest());
  await serving(
    (request, response) => {
      ranges.push(request.headers.range);
      listener(request, response);
    },
    (url) => download(url, join(folder, 'ranges')),
  );
  t.deepEqual(ranges, [undefined, 'bytes=100000-', 'bytes=200000-']);
});

test('a file that changed between two connections is fetched anew', async (t) => {
  const path = join(folder, 'changed');
  const old = Buffer.alloc(content.length);
  const first: RequestListener = (_, response) => {
    response.writeHead(200, { 'content-length': old.length, etag: '"0"' });
    response.write(old.subarray(0, 100_000), () => setTimeout(() => response.destroy(), 20));
  };
  // As If-Range has it: another ETag, the whole file.
  await serving(inTurn(first, whole), (url) => download(url, path));
  t.true(readFileSync(path).equals(content));
});

test('nobody at the address is a sentence', async (t) => {
  const closed = await serving(whole, (url) => Promise.resolve(url));
  await t.throwsAsync(download(closed, join(folder, 'closed')), {
    code: 'ERR_DOWNLOAD',
    message: /^Expected to download http.* cannot be reached \(.*ECONNREFUSED.*\).*$/,
  });
});

test('two downloads of one file at once leave it whole', async (t) => {
  const path = join(folder, 'at-once', 'file');
  await serving(whole, (url) => Promise.all([1, 2, 3].map(() => download(url, path))));
  t.true(readFileSync(path).equals(content));
  t.deepEqual(readdirSync(dirname(path)), ['file']);
});

test('what does not pass the check never bears the name', async (t) => {
  const path = join(folder, 'checked', 'file.json');
  const check = (came: string) => {
    t.regex(came, /\.json$/);
    t.true(readFileSync(came).equals(content));
    return Promise.reject(new Error('it is no JSON'));
  };
  await serving(whole, async (url) => {
    await t.throwsAsync(download(url, path, { check }), { code: 'ERR_DOWNLOAD', message: /it is no JSON/ });
  });
  t.deepEqual(readdirSync(dirname(path)), []);
});

test('what killed downloads left is taken away, what is on its way is not', async (t) => {
  const path = join(folder, 'abandoned', 'file.zip');
  mkdirSync(dirname(path));
  const [old, young] = ['0123456789ab', 'ba9876543210'].map((id) => `${path}.${id}.part.zip`) as [
    string,
    string,
  ];
  for (const part of [old, young]) writeFileSync(part, 'some');
  utimesSync(old, 0, 0);
  await serving(whole, (url) => download(url, path));
  t.deepEqual(readdirSync(dirname(path)), ['file.zip', 'file.zip.ba9876543210.part.zip']);
});
