import { spawnSync } from 'node:child_process';
import { join } from 'node:path';
import test from 'ava';
import { bin, temporaryFolder } from './run.js';

const root = temporaryFolder();

// Windows lets no folder be removed that a process stands in.
const whereItCanBe = process.platform === 'win32' ? test.skip : test;

whereItCanBe('in a folder that was removed there is a sentence', (t) => {
  const folder = join(root, 'gone');
  const script = 'mkdir "$0" && cd "$0" && rmdir "$0" && exec "$1" "$2" doctor';
  const { status, stderr } = spawnSync('sh', ['-c', script, folder, process.execPath, bin], {
    encoding: 'utf8',
  });
  t.regex(
    stderr,
    /^qa-native: Expected to run in a folder that is there, but it was removed \(.+\); change into another\.\n$/,
  );
  t.is(status, 1);
});
