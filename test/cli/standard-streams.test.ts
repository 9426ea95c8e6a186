import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import test from 'ava';
import { bin, temporaryFolder, writeTinyConfig } from './run.js';

const folder = temporaryFolder();

test('a run whose output nobody reads any more goes on to its end', async (t) => {
  const dir = join(folder, 'run');
  const config = writeTinyConfig(folder);
  const run = ['train', 'bert-mini', '--dataset', 'sample', '--config-name', config, '--output-dir', dir];
  const size = ['--max-train-samples', '100', '--max-steps', '30', '--logging-steps', '1', '--no-eval'];
  const child = spawn(process.execPath, [bin, ...run, ...size], { stdio: ['ignore', 'pipe', 'pipe'] });
  let stderr = '';
  child.stderr.on('data', (chunk: Buffer) => (stderr += chunk.toString()));
  const closed = once(child, 'close');
  for await (const line of createInterface(child.stdout)) if (line.startsWith('Loss:')) break;
  child.stdout.destroy();
  t.deepEqual(await closed, [0, null], stderr);
  t.is(stderr, '');
  t.true(existsSync(join(dir, 'train_results.json')));
});
