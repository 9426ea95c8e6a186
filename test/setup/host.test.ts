import { existsSync } from 'node:fs';
import test from 'ava';
import { thisHost } from '../../src/setup/host.js';

test('Alpine is known by its C library', (t) => {
  const { platform, arch, glibc } = thisHost();
  t.deepEqual([platform, arch], [process.platform, process.arch]);
  t.is(
    glibc,
    platform === 'linux' && !existsSync('/lib/ld-musl-x86_64.so.1') && !existsSync('/etc/alpine-release'),
  );
});
