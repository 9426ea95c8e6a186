import { Worker, isMainThread, parentPort } from 'node:worker_threads';
import { full } from '../src/create.js';
import { tidy } from '../src/scope.js';

// Run by tensor-memory.test.ts in a process of its own: ends eight threads while each makes tensors of 64 MiB, and prints
// the bytes that the process holds after the second one and after the last.

if (isMainThread) {
  const resident: number[] = [];
  for (let count = 0; count < 8; count += 1) {
    const thread = new Worker(new URL(import.meta.url));
    await new Promise((begun) => thread.once('message', begun));
    await new Promise((later) => setTimeout(later, 50));
    await thread.terminate();
    resident.push(process.memoryUsage.rss());
  }
  process.stdout.write(JSON.stringify([resident[1], resident[7]]));
} else {
  const make = () => {
    tidy(() => {
      full([1 << 24], 1);
    });
  };
  make();
  parentPort?.postMessage('begun');
  for (;;) make();
}
