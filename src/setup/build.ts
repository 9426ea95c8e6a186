import { createRequire } from 'node:module';
import { rm } from 'node:fs/promises';
import { join } from 'node:path';
import { QaError, messageOf } from '../errors.js';
import { writeFileAtomic, writeJsonAtomic } from '../formats/atomic-file.js';
import { findLibtorch, libtorchNotFound } from './libtorch.js';
import { withLock } from '../formats/lock.js';
import { expectHost } from './host.js';
import { packageRoot, stampPath } from './paths.js';
import { run } from './run.js';
import { toStderr, type Say } from './say.js';
import { hashSources, readStamp, whyBuild, type Stamp } from './stamp.js';
import { availableThreads } from './threads.js';
import { expectTools } from './tools.js';

const buildFolder = join(packageRoot, 'build');

/**
 * Makes sure that the addon is built, for a command that is about to load it. A package from a registry runs no
 * install script, so there the first such command builds, and says so.
 */
export async function ensureAddon(): Promise<void> {
  if (process.env['QA_NATIVE_ADDON'] !== undefined) return;
  const reason = whyBuild(readStamp());
  if (reason === undefined) return;
  toStderr(`The native addon has to be built first (once, about two minutes): ${reason}.`);
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
  const onWait = () => {
    say('Another process builds the addon: waiting for it.');
  };
  const work = async () => {
    const stamp = readStamp();
    if (!force && stamp !== undefined && whyBuild(stamp) === undefined) return stamp;
    return build(force, say);
  };
  try {
    return await withLock(join(buildFolder, '.lock'), onWait, work);
  } catch (error) {
    if (!(error instanceof Error && 'syscall' in error)) throw error;
    throw new QaError(
      `Expected to build in ${buildFolder}, but that failed (${messageOf(error)}); ` +
        'run `qa-native setup` as a user who may write there, with space on the disk.',
      'ERR_WRITE',
      { cause: error },
    );
  }
}

async function build(force: boolean, say: Say): Promise<Stamp> {
  expectHost();
  await expectTools();
  const { found, steps } = await findLibtorch(say);
  if (found === undefined) throw libtorchNotFound(steps);
  const { path: libtorch, version, hasCuda: cuda, source } = found;
  say(`Building the addon against LibTorch ${version} (${source}: ${libtorch})${cuda ? ' with CUDA' : ''} …`);
  // Taken before the compiler reads them: a file that is edited meanwhile makes the next command build again.
  const stamp: Stamp = { libtorch, version, cuda, sources: hashSources() };
  // From here to the end the addon is not whole.
  await rm(stampPath, { force: true });
  // CMake would go on with the LibTorch and the generator of last time.
  await rm(join(buildFolder, 'CMakeCache.txt'), { force: true });
  if (force) await rm(join(buildFolder, 'CMakeFiles'), { recursive: true, force: true });
  await cmakeJs(say, 'configure', `--CDLIBTORCH=${libtorch}`, `--CDLIBTORCH_CUDA=${cuda ? 'ON' : 'OFF'}`);
  await cmakeJs(say, 'build', '--parallel', String(availableThreads()));
  await writeJsonAtomic(stampPath, stamp);
  return stamp;
}

/** Runs a step of cmake-js, which knows Node's headers. */
async function cmakeJs(say: Say, ...step: readonly string[]): Promise<void> {
  const program = createRequire(import.meta.url).resolve('cmake-js/bin/cmake-js');
  const folders = ['--directory', packageRoot, '--out', buildFolder];
  const { code, output } = await run(process.execPath, [program, ...step, ...folders], {
    cwd: packageRoot,
    onOutput: tellProgress(say),
  });
  if (code === 0) return;
  const log = join(buildFolder, 'build.log');
  await writeFileAtomic(log, output);
  const tail = output.trim().split('\n').slice(-15).join('\n');
  throw new QaError(
    `Expected the addon to compile, but cmake-js ended with ${String(code)}; the whole log is in ${log}, it ends with:\n${tail}`,
    'ERR_BUILD',
  );
}

/** Tells of every file that the compiler begins with: `[3/9]` is ninja's way of counting, `[ 33%]` is make's. */
function tellProgress(say: Say): (text: string) => void {
  let rest = '';
  return (text) => {
    const lines = (rest + text).split('\n');
    rest = lines.pop() ?? '';
    for (const line of lines) {
      const [, progress, file] =
        /(\[[^\]]+\]) Building CXX object .*?([^/\\]+)\.o(?:bj)?\s*$/.exec(line) ?? [];
      if (progress !== undefined && file !== undefined) say(`  ${progress} ${file}`);
    }
  };
}
