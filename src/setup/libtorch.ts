import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { QaError } from '../errors.js';
import { downloadArchive } from './libtorch-archive.js';
import { downloadWheel } from './libtorch-wheel.js';
import { NotHere } from './not-here.js';
import { cacheDir } from './paths.js';
import { pythons } from './python.js';
import { run } from './run.js';

/** LibTorch versions that the addon compiles against and passes its tests with; the last is the one downloaded. */
export const supportedVersions = ['2.11', '2.13'] as const;
export const downloadedVersion = '2.13.0';

/** A LibTorch on this machine. */
export interface Libtorch {
  /** Folder with include/ and lib/. */
  readonly path: string;
  /** Such as `2.13.0+cpu`. */
  readonly version: string;
  /** Whether it has CUDA libraries. */
  readonly hasCuda: boolean;
  /** Which step of the search found it. */
  readonly source: string;
}

/** One step of the search: where it looked, and what it found or why nothing fits. */
export interface SearchStep {
  readonly source: string;
  readonly outcome: string;
}

/**
 * Finds LibTorch, in this order: `LIBTORCH`; a Python `torch` that is importable; the cache; the official archive;
 * the `torch` wheel through pip. The first two are used where they lie, the last two go into the cache.
 * @param say told of what takes long
 */
export async function findLibtorch(
  say: (text: string) => void,
  options: { readonly download?: boolean } = {},
): Promise<{ found: Libtorch | undefined; steps: readonly SearchStep[] }> {
  const steps: SearchStep[] = [];
  const searches: [string, () => Promise<string>][] = [
    ['LIBTORCH', fromEnvironment],
    ['Python torch', fromPython],
    ['cache', () => Promise.resolve(cachePath())],
    ...(options.download === false
      ? []
      : ([
          ['official archive', () => downloadArchive(downloadedVersion, cachePath(), say)],
          ['torch wheel through pip', () => downloadWheel(downloadedVersion, cachePath(), say)],
        ] satisfies [string, () => Promise<string>][])),
  ];
  for (const [source, search] of searches) {
    try {
      const found = inspect(await search(), source);
      steps.push({ source, outcome: `${found.version} at ${found.path}` });
      return { found, steps };
    } catch (error) {
      if (!(error instanceof NotHere)) throw error;
      steps.push({ source, outcome: error.message });
    }
  }
  return { found: undefined, steps };
}

/** The error of a search that found nothing: every step and why. */
export function libtorchNotFound(steps: readonly SearchStep[]): QaError {
  const lines = steps.map(({ source, outcome }) => `- ${source}: ${outcome}`);
  return new QaError(
    `Expected a LibTorch ${supportedVersions.join(' or ')}, but found none; set LIBTORCH to its folder, or run ` +
      `\`pip install torch==${downloadedVersion}\` first. Looked at:\n${lines.join('\n')}`,
    'ERR_LIBTORCH',
  );
}

/** Checks that a folder is a LibTorch of a supported version, and reads which. */
export function inspect(path: string, source: string): Libtorch {
  const library = ['libtorch_cpu.so', 'libtorch_cpu.dylib', 'torch_cpu.lib'].find((name) =>
    existsSync(join(path, 'lib', name)),
  );
  if (library === undefined || !existsSync(join(path, 'include', 'ATen', 'ATen.h'))) {
    const problem = `${path} lacks include/ATen or lib/libtorch_cpu`;
    if (source === 'LIBTORCH') {
      throw new QaError(
        `Expected LIBTORCH to be a folder with include/ and lib/, but ${problem}; correct or unset it.`,
        'ERR_LIBTORCH',
      );
    }
    throw new NotHere(existsSync(path) ? problem : `nothing at ${path}`);
  }
  const version = readVersion(path);
  if (!supportedVersions.some((supported) => version.startsWith(`${supported}.`))) {
    const problem = `version ${version} at ${path}, supported are ${supportedVersions.join(' and ')}`;
    if (source === 'LIBTORCH') {
      throw new QaError(
        `Expected a LibTorch ${supportedVersions.join(' or ')} in LIBTORCH, got ${problem}; unset it, and one is downloaded.`,
        'ERR_LIBTORCH',
      );
    }
    throw new NotHere(problem);
  }
  return { path, version, hasCuda: existsSync(join(path, 'lib', 'libtorch_cuda.so')), source };
}

/** The version that a wheel's version.py or an archive's build-version states. */
function readVersion(path: string): string {
  for (const [file, pattern] of [
    ['version.py', /__version__ = '([^']+)'/],
    ['build-version', /(\S+)/],
  ] as const) {
    const full = join(path, file);
    const version = existsSync(full) ? pattern.exec(readFileSync(full, 'utf8'))?.[1] : undefined;
    if (version !== undefined) return version;
  }
  return 'unknown';
}

function cachePath(): string {
  return join(cacheDir(), `libtorch-${downloadedVersion}`);
}

function fromEnvironment(): Promise<string> {
  const path = process.env['LIBTORCH'];
  return path ? Promise.resolve(path) : Promise.reject(new NotHere('not set'));
}

/** Where Python's torch lies, without the seconds that importing it takes. */
async function fromPython(): Promise<string> {
  const script =
    'import importlib.util as u; s = u.find_spec("torch"); print(s.submodule_search_locations[0] if s else "")';
  for (const python of pythons()) {
    const { code, output } = await run(python, ['-c', script]);
    const path = output.trim();
    if (code === 0 && path !== '') return path;
  }
  throw new NotHere('no importable torch');
}
