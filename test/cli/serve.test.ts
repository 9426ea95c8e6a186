import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { connect, createServer } from 'node:net';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import test from 'ava';
import { writeTinyModel } from '../reader/tiny-model.js';
import { qaNative, temporaryFolder } from './run.js';

const folder = temporaryFolder();
const model = ['--model-dir', join(folder, 'tiny')];
test.before(() => writeTinyModel(join(folder, 'tiny')));

const bin = fileURLToPath(new URL('../../bin/qa-native.js', import.meta.url));

for (const signal of ['SIGTERM', 'SIGINT'] as const) {
  test(`the server answers what was asked before ${signal}, and ends with 0`, async (t) => {
    const child = spawn(process.execPath, [bin, 'serve', ...model, '--port', '0']);
    const exited = once(child, 'exit');
    const [line] = (await once(child.stdout, 'data')) as [Buffer];
    const address = /at (http:\/\/127\.0\.0\.1:\d+) /.exec(line.toString())?.[1] ?? '';
    const context = 'Ada founded Oakford. '.repeat(400);
    const body = JSON.stringify({ question: 'Who founded it?', context });
    const answering = fetch(`${address}/answer`, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body,
    });
    // Its question is pending once the server says so.
    let pending = 0;
    while (pending === 0) {
      const health = await fetch(`${address}/health`);
      ({ pending } = (await health.json()) as { pending: number });
      if (await Promise.race([answering.then(() => true), Promise.resolve(false)])) break;
    }
    child.kill(signal);
    const answer = (await (await answering).json()) as { answers: { text: string }[] };
    t.is(answer.answers.length, 1);
    t.deepEqual(await exited, [0, null]);
    await t.throwsAsync(fetch(`${address}/health`));
  });
}

/** Has localhost be both addresses that it is on most machines. */
const twoLocalhosts = `
  import dns from 'node:dns';
  const { lookup } = dns;
  const both = [{ address: '127.0.0.1', family: 4 }, { address: '::1', family: 6 }];
  dns.lookup = (name, ...rest) =>
    name === 'localhost' && rest[0].all ? rest[1](null, both) : lookup(name, ...rest);
`;

test('at localhost there is one server, which ends with all its connections', async (t) => {
  const program = ['--import', `data:text/javascript,${encodeURIComponent(twoLocalhosts)}`, bin];
  const child = spawn(process.execPath, [
    ...program,
    'serve',
    ...model,
    '--host',
    'localhost',
    '--port',
    '0',
  ]);
  const exited = once(child, 'exit');
  const [line] = (await once(child.stdout, 'data')) as [Buffer];
  const port = Number(/at http:\/\/127\.0\.0\.1:(\d+) /.exec(line.toString())?.[1]);
  await t.throwsAsync(once(connect(port, '::1'), 'connect'));
  child.kill('SIGTERM');
  t.deepEqual(await exited, [0, null]);
});

/** Ends the program while it writes that it answers. */
const endedAtItsFirstLine = `
  const { write } = process.stdout;
  process.stdout.write = function (text) {
    if (text.startsWith('Answering')) process.kill(process.pid, 'SIGTERM');
    return write.call(this, text);
  };
`;

test('a signal that comes as soon as the server says that it answers ends it with 0', async (t) => {
  const program = ['--import', `data:text/javascript,${encodeURIComponent(endedAtItsFirstLine)}`, bin];
  const child = spawn(process.execPath, [...program, 'serve', ...model, '--port', '0']);
  t.deepEqual(await once(child, 'exit'), [0, null]);
});

test('a port that is taken, and flags that cannot be meant, are told in a sentence', async (t) => {
  const other = createServer().listen(0, '127.0.0.1');
  await once(other, 'listening');
  const { port } = other.address() as AddressInfo;
  const taken = await qaNative('serve', ...model, '--port', String(port));
  other.close();
  t.is(taken.code, 1);
  t.regex(taken.stderr, /Expected to listen at 127\.0\.0\.1, port \d+, but that failed \(.*EADDRINUSE.*\)/);
  const everywhere = await qaNative('serve', ...model, '--port', '0', '--host', '');
  t.is(everywhere.code, 2, everywhere.stderr);
  t.regex(everywhere.stderr, /Expected a value after --host, got an empty one/);
  for (const flags of [
    ['--port', '70000'],
    ['--port', 'x'],
    ['--max-queue', '0'],
    ['--threads', 'all'],
  ]) {
    const { code, stderr } = await qaNative('serve', ...model, ...flags);
    t.is(code, 2, stderr);
    t.regex(stderr, new RegExp(`Expected ${flags[0]} to be a whole number`));
  }
});
