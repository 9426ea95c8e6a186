import { setPriority } from 'node:os';
import { parentPort, workerData } from 'node:worker_threads';
import { Engine } from './engine.js';
import type { FromWorker, ToWorker, WorkerStart } from './messages.js';
import { openReader } from './open.js';
import { packError } from './sent-error.js';

// The thread in which a Reader tokenizes and computes. It ends by itself once it was told to close.

/**
 * This thread's niceness, and so that of LibTorch's threads, which it starts. At 0 they delayed the event loop by up to
 * 28 ms where they kept all cores busy; at 10 by 17 ms, with as many answers a second.
 */
const niceness = 10;

const port = parentPort;
if (port === null) throw new Error('src/reader/worker.ts runs in a worker thread only');

const reply = (message: FromWorker) => {
  port.postMessage(message);
};

// Linux takes 0 for the calling thread, other systems for the whole process.
if (process.platform === 'linux') setPriority(0, niceness);

try {
  const { dir, options } = workerData as WorkerStart;
  const engine = new Engine(await openReader(dir, options), reply);
  port.on('message', (message: ToWorker) => {
    if (message.type === 'read') engine.add(message);
    else if (message.type === 'cancel') engine.cancel(message.id);
    else {
      void engine.close().finally(() => {
        port.close();
      });
    }
  });
  reply({ type: 'ready' });
} catch (error) {
  reply({ type: 'unloadable', error: packError(error) });
}
