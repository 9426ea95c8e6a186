import { join, resolve } from 'node:path';
import { QaError } from '../errors.js';
import { hasNvidiaGpu } from './gpu.js';
import { downloadArchive } from './libtorch-archive.js';
import {
  downloadedVersion,
  inspectFolder,
  supportedVersions,
  type LibtorchFolder,
} from './libtorch-folder.js';
import { downloadWheel } from './libtorch-wheel.js';
import { NotHere } from './not-here.js';
import { cacheDir, packageRoot } from './paths.js';
import { pythons } from './python.js';
import { run } from './run.js';
import type { Say } from './say.js';

export interface Libtorch extends LibtorchFolder {
  /** Which step of the search found it. */
  readonly source: string;
}

/** One step of the search: where it looked, and what it found or why nothing fits. */
export interface SearchStep {
  readonly source: string;
  readonly outcome: string;
}

interface SearchOptions {
  /** Whether steps that download are tried. */
  readonly download?: boolean;
  /** Where the official archives lie. */
  readonly site?: string;
}

/**
 * Finds LibTorch, in this order: `LIBTORCH`; a Python `torch` that is importable; the cache; the official archive;
 * the `torch` wheel through pip. The first two are used where they lie, the last two go into the cache. Throws where
 * `LIBTORCH` is set to what cannot be used: that is a mistake, not a step that finds nothing.
 */
export async function findLibtorch(
  say: Say,
  { download = true, site }: SearchOptions = {},
): Promise<{ found: Libtorch | undefined; steps: readonly SearchStep[] }> {
  const cache = cachePath();
  const searches: [string, () => Promise<string>][] = [
    ['LIBTORCH', fromEnvironment],
    ['Python torch', fromPython],
    ['cache', () => Promise.resolve(cache)],
  ];
  if (download) {
    searches.push(
      ['official archive', () => downloadArchive(downloadedVersion, cache, say, site)],
      ['torch wheel through pip', () => downloadWheel(downloadedVersion, cache, say)],
    );
  }
  const steps: SearchStep[] = [];
  for (const [source, search] of searches) {
    try {
      const found = { ...inspectFolder(await search()), source };
      steps.push({ source, outcome: `${found.version} at ${found.path}` });
      return { found, steps };
    } catch (error) {
      if (!(error instanceof NotHere)) throw error;
      if (source === 'LIBTORCH' && process.env['LIBTORCH']) throw unusable(error.message);
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

function unusable(problem: string): QaError {
  return new QaError(
    `Expected LIBTORCH to be a folder of LibTorch ${supportedVersions.join(' or ')} with include/ and lib/, got ` +
      `${problem}; correct it, or unset it, and LibTorch ${downloadedVersion} is downloaded where no other fits.`,
    'ERR_LIBTORCH',
  );
}

/** A machine with a GPU has a cached LibTorch of its own: a home folder may be shared between machines. */
function cachePath(): string {
  return join(cacheDir(), `libtorch-${downloadedVersion}-${hasNvidiaGpu() ? 'cuda' : 'cpu'}`);
}

function fromEnvironment(): Promise<string> {
  const path = process.env['LIBTORCH'];
  return path ? Promise.resolve(resolve(path)) : Promise.reject(new NotHere('not set'));
}

/** Where Python's torch lies, without the seconds that importing it takes. */
async function fromPython(): Promise<string> {
  const script =
    'import importlib.util as u; s = u.find_spec("torch"); print(s.submodule_search_locations[0] if s else "")';
  for (const python of pythons()) {
    // Python looks into the working directory first, where a folder `torch` would be taken for the package.
    // On stderr Python may warn of something.
    const { code, stdout } = await run(python, ['-c', script], { cwd: packageRoot });
    const path = stdout.trim();
    if (code === 0 && path !== '') return path;
  }
  throw new NotHere('no importable torch');
}
