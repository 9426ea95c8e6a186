import { existsSync } from 'node:fs';
import { messageOf } from '../errors.js';
import type { RuntimeInfo } from '../runtime.js';
import { hasNvidiaGpu } from './gpu.js';
import { expectHost } from './host.js';
import { findLibtorch } from './libtorch.js';
import { installCommand } from './packages.js';
import { cacheDir } from './paths.js';
import { pythonWith } from './python.js';
import { readStamp, whyBuild } from './stamp.js';
import { availableThreads } from './threads.js';
import { findTools } from './tools.js';

export interface Examination {
  readonly facts: Readonly<Record<string, string | number>>;
  /** Sentences that say what is wrong and what to do; none where all is well. */
  readonly problems: readonly string[];
}

/** Looks at all that a run needs, without downloading or building anything. */
export async function examine(): Promise<Examination> {
  const problems: string[] = [];
  const facts: Record<string, string | number> = { node: process.version };
  try {
    expectHost();
  } catch (error) {
    return { facts, problems: [messageOf(error)] };
  }
  const { description, reason } = examineAddon();
  const isToBeBuilt = reason !== undefined;
  const [tools] = await Promise.all([findTools(), addLibtorch(facts, problems, isToBeBuilt)]);

  facts['addon'] = description;
  if (isToBeBuilt) problems.push(`the addon has to be built: ${reason}; run \`qa-native setup\`.`);
  else await addRuntime(facts, problems);

  for (const { name, version, remedy } of tools) {
    facts[name] = version ?? 'missing';
    // An addon that is built runs without them.
    if (version === undefined && isToBeBuilt) problems.push(`${name} is missing; run \`${remedy}\`.`);
  }
  facts['threads'] = availableThreads();
  facts['cache'] = existsSync(cacheDir()) ? cacheDir() : `${cacheDir()} (nothing there yet)`;
  return { facts, problems };
}

/** Which addon is loaded, and why it has to be built before. One that `QA_NATIVE_ADDON` names is taken as it is. */
function examineAddon(): { description: string; reason: string | undefined } {
  const named = process.env['QA_NATIVE_ADDON'];
  if (named !== undefined) return { description: `${named} (QA_NATIVE_ADDON)`, reason: undefined };
  const stamp = readStamp();
  const description =
    stamp === undefined ? 'not built' : `built against ${stamp.version} at ${stamp.libtorch}`;
  return { description, reason: whyBuild(stamp) };
}

async function addLibtorch(
  facts: Record<string, string | number>,
  problems: string[],
  isNeeded: boolean,
): Promise<void> {
  try {
    const { found, steps } = await findLibtorch(() => undefined, { download: false });
    facts['libtorch'] =
      found === undefined
        ? `none yet (${steps.map(({ source, outcome }) => `${source}: ${outcome}`).join('; ')})`
        : `${found.version} (${found.source}: ${found.path})`;
    if (found === undefined && isNeeded) await addPip(problems);
  } catch (error) {
    facts['libtorch'] = 'unusable';
    problems.push(messageOf(error));
  }
}

/** Where there is no LibTorch, Python brings it: pip the wheel, and what unpacks that or the archive. */
async function addPip(problems: string[]): Promise<void> {
  try {
    await pythonWith('pip');
  } catch (error) {
    const remedy =
      process.platform === 'linux' ? `run \`${installCommand('python3-pip')}\`` : 'install Python 3';
    problems.push(`LibTorch has to be fetched, and there is ${messageOf(error)}; ${remedy}.`);
  }
}

async function addRuntime(facts: Record<string, string | number>, problems: string[]): Promise<void> {
  try {
    const { resolveDevice, runtimeInfo } = await import('../runtime.js');
    const info = runtimeInfo();
    facts['cpu capability'] = info.cpuCapability;
    const { seen, problem } = examineGpus(info, hasNvidiaGpu());
    facts['gpus'] = seen;
    if (problem !== undefined) problems.push(problem);
    if (info.cudaBuilt) {
      facts['cuda graphs'] = info.cudaGraphs
        ? 'yes'
        : "no: the addon was built without the CUDA toolkit's headers";
    }
    resolveDevice('auto');
  } catch (error) {
    problems.push(messageOf(error));
  }
}

/** What LibTorch sees of the GPUs. One that `CUDA_VISIBLE_DEVICES` hides is not missed. */
export function examineGpus(
  { cudaBuilt, cudaDevices }: Pick<RuntimeInfo, 'cudaBuilt' | 'cudaDevices'>,
  isHere: boolean,
  isHidden = process.env['CUDA_VISIBLE_DEVICES'] !== undefined,
): { seen: string | number; problem?: string } {
  if (!cudaBuilt) {
    return {
      seen: isHere ? 'one is here, but this LibTorch is without CUDA' : 'none (LibTorch without CUDA)',
    };
  }
  if (cudaDevices > 0 || !isHere || isHidden) return { seen: cudaDevices };
  return {
    seen: 'one is here, but LibTorch sees none',
    problem:
      "LibTorch sees none of the GPUs that are here; update their driver to one that knows LibTorch's CUDA, or point " +
      'LIBTORCH at a build for an older CUDA and run `qa-native setup --force`.',
  };
}
