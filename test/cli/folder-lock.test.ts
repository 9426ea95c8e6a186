import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { spawn } from 'node:child_process';
import { hostname } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { setTimeout as sleep } from 'node:timers/promises';
import test from 'ava';
import { whileAlone } from '../../src/cli/folder-lock.js';
import { temporaryFolder } from './run.js';

const root = temporaryFolder();
const nothing = () => Promise.resolve();

test('what is refused leaves no folder behind, what was written stays', async (t) => {
  const folder = join(root, 'made', 'for', 'it');
  await t.throwsAsync(
    whileAlone(folder, () => Promise.reject(new Error('refused'))),
    { message: 'refused' },
  );
  t.false(existsSync(join(root, 'made')));
  await whileAlone(folder, () => {
    writeFileSync(join(folder, 'model'), '');
    return Promise.resolve();
  });
  t.true(existsSync(join(folder, 'model')));
});

test('the lock of a process that ended, of another machine or of one cut short does not count', async (t) => {
  const folder = join(root, 'dead');
  mkdirSync(folder);
  const locks = [
    JSON.stringify({ host: hostname(), pid: 2 ** 22 + 1, began: '' }),
    JSON.stringify({ host: hostname(), pid: process.ppid, began: 'once' }),
    JSON.stringify({ host: 'another', pid: process.ppid, began: '' }),
    '{"host":',
  ];
  for (const lock of locks) {
    writeFileSync(join(folder, '.running.json'), lock);
    await t.notThrowsAsync(whileAlone(folder, nothing), lock);
  }
  t.false(existsSync(join(folder, '.running.json')));
});

test('one that is alive has its folder alone', async (t) => {
  const folder = join(root, 'alive');
  const module = new URL('../../src/cli/folder-lock.js', import.meta.url).href;
  const program = `import { whileAlone } from ${JSON.stringify(module)};
    await whileAlone(${JSON.stringify(folder)}, () => new Promise((end) => { console.log('has it'); setTimeout(end, 60_000); }));`;
  const child = spawn(process.execPath, ['--input-type=module', '--eval', program]);
  await new Promise((resolve) => child.stdout.once('data', resolve));
  const message = `Expected to train in ${folder} alone, but process ${child.pid ?? 0} does so already; wait for its end, or give another --output-dir.`;
  await t.throwsAsync(whileAlone(folder, nothing), { message });
  t.true(readFileSync(join(folder, '.running.json'), 'utf8').includes(String(child.pid)));
  const ended = new Promise((resolve) => child.once('exit', resolve));
  child.kill('SIGKILL');
  await ended;
  await t.notThrowsAsync(whileAlone(folder, nothing));
});

test('a lock that is just being written counts', async (t) => {
  const folder = join(root, 'written');
  mkdirSync(folder);
  const path = join(folder, '.running.json');
  writeFileSync(path, '');
  const refused = t.throwsAsync(whileAlone(folder, nothing), { code: 'ERR_RUNNING' });
  await sleep(100);
  // Of this process's parent, which waits for it.
  const began = readFileSync(`/proc/${process.ppid}/stat`, 'utf8').split(') ').at(-1)?.split(' ')[19];
  writeFileSync(path, JSON.stringify({ host: hostname(), pid: process.ppid, began }));
  await refused;
});

test('of those that begin in the same moment one has the folder', async (t) => {
  const module = new URL('../../src/cli/folder-lock.js', import.meta.url).href;
  // Tries at the time that it is told, says what came of it, and holds on until it is told the next.
  const program = `import { whileAlone } from ${JSON.stringify(module)};
    import { createInterface } from 'node:readline';
    const lines = createInterface({ input: process.stdin })[Symbol.asyncIterator]();
    let line;
    const say = (word) => { line = lines.next(); console.log(word); return line; };
    for (await say('ready'); !(await line).done; await line) {
      const [folder, at] = JSON.parse((await line).value);
      while (Date.now() < at);
      await whileAlone(folder, () => say('has it')).catch(({ code }) => say(code));
    }`;
  const children = Array.from({ length: 3 }, () =>
    spawn(process.execPath, ['--input-type=module', '--eval', program]),
  );
  const said = children.map(({ stdout }) => createInterface({ input: stdout })[Symbol.asyncIterator]());
  const nextWords = () => Promise.all(said.map(async (lines) => String((await lines.next()).value)));
  await nextWords();
  for (let round = 0; round < 20; round += 1) {
    const order = JSON.stringify([join(root, `round-${round}`), Date.now() + 30]);
    for (const { stdin } of children) stdin.write(`${order}\n`);
    t.deepEqual((await nextWords()).sort(), ['ERR_RUNNING', 'ERR_RUNNING', 'has it'], `round ${round}`);
  }
  for (const { stdin } of children) stdin.end();
});
