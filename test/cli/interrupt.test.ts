import { spawnSync } from 'node:child_process';
import test from 'ava';
import { bin, temporaryFolder } from './run.js';

const folder = temporaryFolder();

/** A module that signals its process as soon as somebody listens. */
const earliest = (signal: string) =>
  `data:text/javascript,${encodeURIComponent(`
    const poll = () => {
      if (process.listenerCount('${signal}') === 0) setImmediate(poll);
      else process.kill(process.pid, '${signal}');
    };
    poll();`)}`;

for (const [signal, code] of [
  ['SIGHUP', 129],
  ['SIGINT', 130],
  ['SIGTERM', 143],
] as const) {
  test(`${signal} while the program is loaded ends it with a sentence`, (t) => {
    const run = [bin, 'train', 'lstm', '--dataset', 'sample', '--output-dir', folder];
    const { status, stderr } = spawnSync(process.execPath, ['--import', earliest(signal), ...run], {
      encoding: 'utf8',
    });
    t.is(stderr, `\nqa-native: ${signal}: ended before anything began.\n`);
    t.is(status, code);
  });
}
