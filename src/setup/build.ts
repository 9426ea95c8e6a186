import { createRequire } from 'node:module';
import { join } from 'node:path';
import { QaError } from '../errors.js';
import { writeFileAtomic, writeJsonAtomic } from '../formats/atomic-file.js';
import { hasNvidiaGpu } from './libtorch-archive.js';
import { findLibtorch, libtorchNotFound } from './libtorch.js';
import { withLock } from './lock.js';
import { packageRoot, stampPath } from './paths.js';
import { run } from './run.js';
import { hashSources, isUpToDate, readStamp, type Stamp } from './stamp.js';
import { expectTools } from './tools.js';

type Say = (text: string) => void;

const toStderr: Say = (text) => process.stderr.write(`${text}\n`);

/**
 * Makes sure that the addon is built, for a command that is about to load it. A package from a registry runs no
 * install script, so there the first such command builds, and says so.
 */
export async function ensureAddon(): Promise<void> {
  if (process.env['QA_NATIVE_ADDON'] !== undefined || isUpToDate(readStamp())) return;
  toStderr('The native addon is not built yet, or no longer fits: building it (once, about two minutes).');
  await buildAddon({ force: false, say: toStderr });
}

/** Builds the addon against the LibTorch that the search finds; does nothing where it is up to date. */
export async function buildAddon({
  force,
  say,
}: {
  readonly force: boolean;
  readonly say: Say;
}): Promise<Stamp> {
  const lock = join(packageRoot, 'build', '.lock');
  return withLock(
    lock,
    () => {
      say('Another process builds the addon: waiting for it.');
    },
    async () => {
      const stamp = readStamp();
      if (!force && isUpToDate(stamp)) return stamp;
      await expectTools();
      const { found, steps } = await findLibtorch(say);
      if (found === undefined) throw libtorchNotFound(steps);
      const cuda = found.hasCuda && (hasNvidiaGpu() || process.env['QA_NATIVE_CUDA'] === '1');
      say(
        `Building the addon against LibTorch ${found.version} (${found.source}: ${found.path})${cuda ? ' with CUDA' : ''} …`,
      );
      const sources = hashSources();
      await compile([`--CDLIBTORCH=${found.path}`, `--CDLIBTORCH_CUDA=${cuda ? 'ON' : 'OFF'}`]);
      const built: Stamp = { libtorch: found.path, version: found.version, cuda, sources };
      await writeJsonAtomic(stampPath, built);
      return built;
    },
  );
}

async function compile(definitions: readonly string[]): Promise<void> {
  const cmakeJs = createRequire(import.meta.url).resolve('cmake-js/bin/cmake-js');
  const args = [
    cmakeJs,
    'compile',
    '--directory',
    packageRoot,
    '--out',
    join(packageRoot, 'build'),
    ...definitions,
  ];
  const { code, output } = await run(process.execPath, args, { cwd: packageRoot });
  if (code === 0) return;
  const log = join(packageRoot, 'build', 'build.log');
  await writeFileAtomic(log, output);
  const tail = output.trim().split('\n').slice(-15).join('\n');
  throw new QaError(
    `Expected the addon to compile, but cmake-js ended with ${String(code)}; the whole log is in ${log}, it ends with:\n${tail}`,
    'ERR_BUILD',
  );
}
