import { createHash } from 'node:crypto';
import { existsSync, readFileSync, readdirSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import { readVersion } from './libtorch-folder.js';
import { addonPath, packageRoot, stampPath } from './paths.js';

/** What the addon was built from. */
export interface Stamp {
  /** LibTorch's folder and version, such as `2.13.0+cpu`. */
  readonly libtorch: string;
  readonly version: string;
  readonly cuda: boolean;
  /** SHA-256 over native/, CMakeLists.txt and the version of node-addon-api. */
  readonly sources: string;
}

/** A hash of all that is compiled. */
export function hashSources(root = packageRoot, addonApi = addonApiVersion()): string {
  const hash = createHash('sha256').update(`node-addon-api ${addonApi}\0`);
  const native = readdirSync(join(root, 'native')).sort();
  for (const file of ['CMakeLists.txt', ...native.map((name) => `native/${name}`)]) {
    hash.update(`${file}\0`).update(readFileSync(join(root, file)));
  }
  return hash.digest('hex');
}

/** The version of the headers that are compiled in; npm may keep them beside this package or within it. */
function addonApiVersion(): string {
  const path = fileURLToPath(import.meta.resolve('node-addon-api/package.json'));
  return (JSON.parse(readFileSync(path, 'utf8')) as { version: string }).version;
}

/** The stamp of the built addon, where there is one. */
export function readStamp(addon = addonPath, path = stampPath): Stamp | undefined {
  if (!existsSync(addon) || !existsSync(path)) return undefined;
  try {
    return JSON.parse(readFileSync(path, 'utf8')) as Stamp;
  } catch {
    // Not JSON: nothing is known of the addon, as if there were no stamp.
    return undefined;
  }
}

/** Why the addon must be built (again), as the end of a sentence; undefined where it is up to date. */
export function whyBuild(stamp: Stamp | undefined, root = packageRoot): string | undefined {
  if (stamp === undefined) return 'it is not built yet';
  if (stamp.sources !== hashSources(root)) return 'its sources have changed';
  const wanted = process.env['LIBTORCH'];
  if (wanted && resolve(wanted) !== stamp.libtorch) return 'LIBTORCH names another folder';
  const version = readVersion(stamp.libtorch);
  if (version === undefined) return `its LibTorch is gone from ${stamp.libtorch}`;
  if (version !== stamp.version) return `its LibTorch was ${stamp.version} and is now ${version}`;
  return undefined;
}
