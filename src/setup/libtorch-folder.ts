import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { NotHere } from './not-here.js';

/** LibTorch versions that the addon compiles against and passes its tests with. */
export const supportedVersions = ['2.11', '2.13'] as const;
/** The one that is downloaded where none is found. */
export const downloadedVersion = '2.13.0';

/** A LibTorch on this machine. */
export interface LibtorchFolder {
  /** Folder with include/ and lib/. */
  readonly path: string;
  /** Such as `2.13.0+cpu`. */
  readonly version: string;
  /** Whether it has CUDA libraries. */
  readonly hasCuda: boolean;
}

/** Checks that a folder is a LibTorch of a supported version. Throws NotHere with what is wrong. */
export function inspectFolder(path: string): LibtorchFolder {
  if (!existsSync(path)) throw new NotHere(`nothing at ${path}`);
  const has = (...names: string[]) => existsSync(join(path, ...names));
  const libraries = ['libtorch_cpu.so', 'libtorch_cpu.dylib'];
  if (!has('include', 'ATen', 'ATen.h') || !libraries.some((name) => has('lib', name))) {
    throw new NotHere(`${path} lacks include/ATen or lib/libtorch_cpu`);
  }
  const version = readVersion(path) ?? 'unknown';
  if (!supportedVersions.some((supported) => version.startsWith(`${supported}.`))) {
    throw new NotHere(`version ${version} at ${path}, supported are ${supportedVersions.join(' and ')}`);
  }
  return { path, version, hasCuda: has('lib', 'libtorch_cuda.so') };
}

/** The version that a wheel's version.py or an archive's build-version states. */
export function readVersion(path: string): string | undefined {
  for (const [name, pattern] of [
    ['version.py', /^__version__ = ['"]([^'"]+)['"]/m],
    ['build-version', /(\S+)/],
  ] as const) {
    const file = join(path, name);
    const version = existsSync(file) ? pattern.exec(readFileSync(file, 'utf8'))?.[1] : undefined;
    if (version !== undefined) return version;
  }
  return undefined;
}
