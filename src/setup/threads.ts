import { readFileSync } from 'node:fs';
import { availableParallelism } from 'node:os';
import { dirname, join } from 'node:path';

/** Where the kernel tells of control groups; tests give folders of their own. */
export interface CgroupFiles {
  /** Where the hierarchies are mounted. */
  readonly mount: string;
  /** The file that names this process's group in each hierarchy. */
  readonly self: string;
}

const kernelFiles: CgroupFiles = { mount: '/sys/fs/cgroup', self: '/proc/self/cgroup' };

/** Threads that this process may keep busy: those of its affinity, less where a cgroup's quota allows fewer. */
export function availableThreads(files = kernelFiles, affinity = availableParallelism()): number {
  return Math.max(1, Math.min(affinity, Math.floor(cgroupQuota(files))));
}

/**
 * Processors' worth of time that the process's cgroup and those above it grant; Infinity where none sets a limit.
 * Version 2 keeps quota and period in `cpu.max`, version 1 in two files of the hierarchy `cpu`.
 */
export function cgroupQuota({ mount, self }: CgroupFiles = kernelFiles): number {
  let quota = Infinity;
  // A line is `0::/path` for version 2 and `4:cpu,cpuacct:/path` for version 1.
  for (const line of readText(self).split('\n')) {
    const [, controllers, path] = /^\d+:([^:]*):(\/.*)$/.exec(line) ?? [];
    if (path === undefined || controllers === undefined) continue;
    const root = controllers === '' ? mount : join(mount, 'cpu');
    if (controllers !== '' && !controllers.split(',').includes('cpu')) continue;
    for (const group of upwards(path)) quota = Math.min(quota, groupQuota(join(root, group)));
  }
  return quota;
}

function groupQuota(folder: string): number {
  const both = `${readText(join(folder, 'cpu.cfs_quota_us'))} ${readText(join(folder, 'cpu.cfs_period_us'))}`;
  for (const text of [readText(join(folder, 'cpu.max')), both]) {
    // `max` and -1 stand for no limit.
    const [quota = NaN, period = NaN] = text.trim().split(/\s+/).map(Number);
    if (quota > 0 && period > 0) return quota / period;
  }
  return Infinity;
}

/** A group and all above it. Within a container the path may be that of the host: its root is looked at in any case. */
function upwards(path: string): string[] {
  return path === '/' ? ['/'] : [path, ...upwards(dirname(path))];
}

/** A file's text; none where it is missing, as on other systems and in hierarchies without the controller. */
function readText(path: string): string {
  try {
    return readFileSync(path, 'utf8');
  } catch {
    return '';
  }
}
