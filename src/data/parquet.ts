import { fork } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import type { Row } from './flat-rows.js';

const reader = fileURLToPath(new URL('./parquet-process.js', import.meta.url));

/** MiB of the reader's heap: SQuAD's training set takes less than a quarter of it. */
const mostMemory = 1024;

/** Seconds after which a file is given up: many times as long as one of its size takes. */
const patienceFor = (bytes: Uint8Array) => 20 + 5 * (bytes.length / 2 ** 20);

/** What the reader sends back. */
export type ParquetReply = { readonly rows: readonly unknown[] } | { readonly reason: string };

/**
 * Rows of a Parquet file with flat columns, as the hub serves its data sets. They are read by a process of their own:
 * over a damaged file the library may count for ever, or fill an array until the engine ends the process.
 */
export async function parquetRows(bytes: Uint8Array, patience = patienceFor(bytes)): Promise<Row[]> {
  const reply = await ask(bytes, patience);
  if ('reason' in reply) throw new Error(reply.reason);
  return reply.rows.map((values, index) => ({ where: `row ${index + 1}`, values }));
}

function ask(bytes: Uint8Array, patience: number): Promise<ParquetReply> {
  const child = fork(reader, {
    execArgv: [`--max-old-space-size=${mostMemory}`],
    serialization: 'advanced',
    stdio: ['ignore', 'ignore', 'ignore', 'ipc'],
  });
  return new Promise<ParquetReply>((resolve, reject) => {
    const giveUp = setTimeout(() => child.kill('SIGKILL'), 1000 * patience);
    child.on('message', resolve);
    child.on('error', reject);
    child.on('close', () => {
      clearTimeout(giveUp);
      resolve({ reason: 'what it says of its own size makes no sense' });
    });
    child.send(bytes, (error) => {
      if (error !== null) child.kill('SIGKILL');
    });
  });
}
