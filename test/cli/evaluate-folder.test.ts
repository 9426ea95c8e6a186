import { execFileSync, spawn } from 'node:child_process';
import { once } from 'node:events';
import { open } from 'node:fs/promises';
import { join } from 'node:path';
import test from 'ava';
import { bin, qaNative, temporaryFolder, tinyRun, writeTinyConfig } from './run.js';

const folder = temporaryFolder();

test('a signal ends an evaluation with a sentence, and so with what it began to write taken away', async (t) => {
  const dir = join(folder, 'run');
  const run = tinyRun(writeTinyConfig(folder));
  t.is((await qaNative('train', 'bert-mini', ...run, '--no-eval', '--output-dir', dir)).code, 0);
  // Whoever reads it waits for what is never written.
  const questions = join(folder, 'questions');
  execFileSync('mkfifo', [questions]);
  const flags = ['--model-dir', dir, '--validation-file', questions];
  const child = spawn(process.execPath, [bin, 'eval', ...flags], { stdio: ['ignore', 'ignore', 'pipe'] });
  let stderr = '';
  child.stderr.on('data', (chunk: Buffer) => (stderr += chunk.toString()));
  const writer = await open(questions, 'w');
  const closed = once(child, 'close');
  const said = once(child.stderr, 'data');
  child.kill('SIGTERM');
  await Promise.race([said, closed]);
  // At its end Node waits for what it reads.
  await writer.close();
  t.deepEqual(await closed, [143, null]);
  t.is(stderr, '\nqa-native: SIGTERM: ended before the scores were whole; give the same command again.\n');
});
