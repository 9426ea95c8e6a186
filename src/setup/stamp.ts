import { createHash } from 'node:crypto';
import { existsSync, readFileSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { addonPath, packageRoot, stampPath } from './paths.js';

/** What the addon was built from. */
export interface Stamp {
  readonly libtorch: string;
  readonly version: string;
  readonly cuda: boolean;
  /** SHA-256 over native/ and CMakeLists.txt. */
  readonly sources: string;
}

/** A hash of all that is compiled. */
export function hashSources(root = packageRoot): string {
  const hash = createHash('sha256');
  const native = readdirSync(join(root, 'native')).sort();
  for (const file of ['CMakeLists.txt', ...native.map((name) => join('native', name))]) {
    hash.update(`${file}\0`).update(readFileSync(join(root, file)));
  }
  return hash.digest('hex');
}

/** The stamp of the built addon, where there is one. */
export function readStamp(): Stamp | undefined {
  if (!existsSync(addonPath) || !existsSync(stampPath)) return undefined;
  try {
    return JSON.parse(readFileSync(stampPath, 'utf8')) as Stamp;
  } catch {
    return undefined;
  }
}

/** Whether the addon was built from these sources against a LibTorch that is still there. */
export function isUpToDate(stamp: Stamp | undefined): stamp is Stamp {
  return stamp !== undefined && stamp.sources === hashSources() && existsSync(join(stamp.libtorch, 'lib'));
}
