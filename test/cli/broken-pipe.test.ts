import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import test from 'ava';
import { bin, temporaryFolder, writeTinyConfig } from './run.js';

const folder = temporaryFolder();

/** Runs `qa-native`, reads until a line begins with `last`, and goes. */
async function readUntil(last: string, ...args: readonly string[]) {
  const child = spawn(process.execPath, [bin, ...args], { stdio: ['ignore', 'pipe', 'pipe'] });
  let stderr = '';
  child.stderr.on('data', (chunk: Buffer) => (stderr += chunk.toString()));
  const closed = once(child, 'close');
  for await (const line of createInterface(child.stdout)) if (line.startsWith(last)) break;
  child.stdout.destroy();
  const [code] = (await closed) as [number | null];
  return { code, stderr };
}

test('a run whose output nobody reads ends in a checkpoint, without a stack trace', async (t) => {
  const dir = join(folder, 'run');
  const { code, stderr } = await readUntil(
    'Loss:',
    ...['train', 'bert-mini', '--dataset', 'sample', '--config-name', writeTinyConfig(folder)],
    ...['--max-train-samples', '100', '--max-steps', '100000', '--logging-steps', '1', '--output-dir', dir],
  );
  t.is(code, 143, stderr);
  t.regex(stderr, /Stopped after step \d+, which is saved in/);
  t.false(stderr.includes('    at '), stderr);
  t.true(readdirSync(dir).some((name) => name.startsWith('checkpoint-')));
});
