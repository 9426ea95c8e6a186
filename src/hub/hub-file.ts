import { stat } from 'node:fs/promises';
import { fileHash, gitBlobHash } from '../formats/file-hash.js';

/** A file of a repository, as the hub describes it. */
export interface HubFile {
  readonly path: string;
  /** In bytes. */
  readonly size: number;
  /** SHA-256 of a file that Git LFS keeps (64 digits), else git's SHA-1 of the blob (40 digits). */
  readonly hash: string;
}

/** Whether a string is a hash of either kind: the cache names its files so. */
export function isHash(name: string): boolean {
  return /^([0-9a-f]{40}|[0-9a-f]{64})$/.test(name);
}

/** Whether a file's bytes have such a hash. */
export async function hasHash(path: string, hash: string): Promise<boolean> {
  return hash === (await (hash.length === 40 ? gitBlobHash : fileHash)(path));
}

/** Whether a file is there and is, byte by byte, the one that the hub describes. */
export async function isWhole(path: string, { size, hash }: HubFile): Promise<boolean> {
  const there = await stat(path).catch(() => undefined);
  return there?.size === size && (await hasHash(path, hash));
}
