import { execFile } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import test from 'ava';

test('a thread that is ended in an operation leaves no tensor behind', async (t) => {
  const program = fileURLToPath(new URL('ended-threads.js', import.meta.url));
  const { stdout } = await promisify(execFile)(process.execPath, [program]);
  const [before, after] = JSON.parse(stdout) as [number, number];
  // One each would be 384 MiB.
  t.true(after - before < 3 * 2 ** 26, `grew by ${Math.round((after - before) / 2 ** 20)} MiB`);
});
