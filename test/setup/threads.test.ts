import { join } from 'node:path';
import test from 'ava';
import { availableThreads, cgroupQuota } from '../../src/setup/threads.js';
import { temporaryFolder } from '../cli/run.js';
import { writeFiles } from './fakes.js';

const root = temporaryFolder();

/** A kernel's files: `self` as in /proc, the others as under /sys/fs/cgroup. */
function kernel(name: string, self: string, groups: Record<string, string>) {
  writeFiles(join(root, name), { self, ...groups });
  return { mount: join(root, name), self: join(root, name, 'self') };
}

const version1 = '12:memory:/a/b\n4:cpu,cpuacct:/a/b\n1:name=systemd:/a/b\n';
const cases: [string, string, Record<string, string>, number][] = [
  ['version 2 without a limit', '0::/\n', { 'cpu.max': 'max 100000\n' }, Infinity],
  ['version 2 in a container', '0::/\n', { 'cpu.max': '250000 100000\n' }, 2.5],
  ['version 2, a group of its own', '0::/a/b\n', { 'a/b/cpu.max': '50000 100000\n' }, 0.5],
  [
    'version 2, a group above',
    '0::/a/b\n',
    { 'a/b/cpu.max': 'max 100000\n', 'a/cpu.max': '300000 100000\n' },
    3,
  ],
  [
    'version 2, the least of all',
    '0::/a/b\n',
    { 'a/b/cpu.max': '200000 50000', 'a/cpu.max': '300000 100000' },
    3,
  ],
  [
    'version 1 without a limit',
    version1,
    { 'cpu/a/b/cpu.cfs_quota_us': '-1\n', 'cpu/a/b/cpu.cfs_period_us': '100000\n' },
    Infinity,
  ],
  [
    'version 1',
    version1,
    { 'cpu/a/b/cpu.cfs_quota_us': '150000\n', 'cpu/a/b/cpu.cfs_period_us': '100000\n' },
    1.5,
  ],
  [
    "version 1 in a container that sees the host's path",
    version1,
    { 'cpu/cpu.cfs_quota_us': '400000\n', 'cpu/cpu.cfs_period_us': '100000\n' },
    4,
  ],
  ['garbage', 'no cgroup\n0::\n', { 'cpu.max': 'much\n' }, Infinity],
];

for (const [name, self, groups, expected] of cases) {
  test(`the quota of a cgroup: ${name}`, (t) => {
    t.is(cgroupQuota(kernel(name, self, groups)), expected);
  });
}

test('without cgroups there is no quota', (t) => {
  t.is(cgroupQuota({ mount: join(root, 'none'), self: join(root, 'none', 'self') }), Infinity);
});

test('threads are the affinity or the quota, whichever is less, but one at least', (t) => {
  const quota = (processors: number) =>
    kernel(`quota-${processors}`, '0::/\n', { 'cpu.max': `${processors * 100_000} 100000\n` });
  t.is(availableThreads(quota(2.5), 8), 2);
  t.is(availableThreads(quota(16), 8), 8);
  t.is(availableThreads(quota(0.5), 8), 1);
});
