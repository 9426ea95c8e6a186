import { parentPort, workerData } from 'node:worker_threads';
import { Engine } from './engine.js';
import type { FromWorker, ToWorker, WorkerStart } from './messages.js';
import { openReader } from './open.js';
import { packError } from './sent-error.js';

// The thread in which a Reader tokenizes and computes. It ends by itself once it was told to close.

const port = parentPort;
if (port === null) throw new Error('src/reader/worker.ts runs in a worker thread only');

const reply = (message: FromWorker) => {
  port.postMessage(message);
};

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
