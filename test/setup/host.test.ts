import { existsSync } from 'node:fs';
import test from 'ava';
import { expectHost, thisHost } from '../../src/setup/host.js';

test('Alpine is known by its C library', (t) => {
  const { platform, arch, glibc } = thisHost();
  t.deepEqual([platform, arch], [process.platform, process.arch]);
  t.is(
    glibc,
    platform === 'linux' && !existsSync('/lib/ld-musl-x86_64.so.1') && !existsSync('/etc/alpine-release'),
  );
});

test('Linux and macOS build the addon; another system is refused by name, with what to do', (t) => {
  t.notThrows(() => {
    expectHost('linux');
    expectHost('darwin');
  });
  for (const [platform, remedy] of [
    ['win32', 'use it within WSL, Linux on Windows'],
    ['freebsd', 'use it on one of these'],
  ] as const) {
    t.throws(
      () => {
        expectHost(platform);
      },
      { code: 'ERR_PLATFORM', message: `Expected Linux or macOS, got ${platform}; ${remedy}.` },
    );
  }
});
