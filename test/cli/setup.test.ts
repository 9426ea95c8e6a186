import { join } from 'node:path';
import test from 'ava';
import { inspectFolder } from '../../src/setup/libtorch-folder.js';
import { hashSources, readStamp, type Stamp } from '../../src/setup/stamp.js';
import { setEnvironment } from '../setup/fakes.js';
import { qaNative, temporaryFolder } from './run.js';

const folder = temporaryFolder();
const libtorch = process.env['LIBTORCH'];

test.afterEach.always(() => {
  setEnvironment({ LIBTORCH: libtorch });
});

test.serial('setup leaves an addon alone that is up to date, and tells what it was built from', async (t) => {
  const { code, stdout, stderr } = await qaNative('setup', '--json');
  t.is(code, 0);
  t.is(stderr, '');
  const stamp = JSON.parse(stdout) as Stamp;
  t.deepEqual(stamp, readStamp());
  t.like(stamp, { sources: hashSources(), cuda: inspectFolder(stamp.libtorch).hasCuda });
});

test.serial('setup with an unusable LIBTORCH says so and keeps the addon', async (t) => {
  const before = readStamp();
  setEnvironment({ LIBTORCH: join(folder, 'nowhere') });
  const { code, stderr } = await qaNative('setup');
  t.is(code, 1);
  t.regex(stderr, /^qa-native: Expected LIBTORCH to be a folder .*, got nothing at .*nowhere; correct it/);
  t.deepEqual(readStamp(), before);
});
