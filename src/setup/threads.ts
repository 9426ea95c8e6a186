import { readFileSync } from 'node:fs';
import { availableParallelism } from 'node:os';
import { join } from 'node:path';

/** Threads that this process may keep busy: those of its affinity, less where a cgroup's quota allows fewer. */
export function availableThreads(cgroupRoot = '/sys/fs/cgroup', affinity = availableParallelism()): number {
  return Math.max(1, Math.min(affinity, Math.floor(cgroupQuota(cgroupRoot))));
}

/** Processors' worth of time that the cgroup grants; Infinity where it sets no limit. Version 2, then 1. */
export function cgroupQuota(root: string): number {
  const [quota, period] = readNumbers(join(root, 'cpu.max'));
  if (quota !== undefined && period !== undefined) return quota / period;
  const [oldQuota] = readNumbers(join(root, 'cpu', 'cpu.cfs_quota_us'));
  const [oldPeriod] = readNumbers(join(root, 'cpu', 'cpu.cfs_period_us'));
  if (oldQuota !== undefined && oldQuota > 0 && oldPeriod !== undefined) return oldQuota / oldPeriod;
  return Infinity;
}

/** The numbers of a one-line file; none where it is missing. `max` is Infinity. */
function readNumbers(path: string): number[] {
  try {
    return readFileSync(path, 'utf8')
      .trim()
      .split(/\s+/)
      .map((word) => (word === 'max' ? Infinity : Number(word)));
  } catch {
    return [];
  }
}
