import { messageOf } from '../errors.js';
import { findLibtorch } from './libtorch.js';
import { cacheDir } from './paths.js';
import { isUpToDate, readStamp } from './stamp.js';
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
  for (const { name, version, remedy } of await findTools()) {
    facts[name] = version ?? 'missing';
    if (version === undefined) problems.push(`${name} is missing; run \`${remedy}\`.`);
  }

  const { found, steps } = await findLibtorch(() => undefined, { download: false });
  facts['libtorch'] =
    found === undefined
      ? `none yet (${steps.map(({ source, outcome }) => `${source}: ${outcome}`).join('; ')})`
      : `${found.version} (${found.source}: ${found.path})`;

  const stamp = readStamp();
  facts['addon'] = stamp === undefined ? 'not built' : `built against ${stamp.version} at ${stamp.libtorch}`;
  if (!isUpToDate(stamp)) {
    problems.push(
      stamp === undefined
        ? 'the addon is not built; run `qa-native setup`.'
        : 'the addon was built from other sources, or its LibTorch is gone; run `qa-native setup`.',
    );
  } else {
    await addRuntimeFacts(facts, problems);
  }
  facts['threads'] = availableThreads();
  facts['cache'] = cacheDir();
  return { facts, problems };
}

async function addRuntimeFacts(facts: Record<string, string | number>, problems: string[]): Promise<void> {
  try {
    const { runtimeInfo } = await import('../runtime.js');
    const info = runtimeInfo();
    facts['cpu capability'] = info.cpuCapability;
    facts['gpus'] = info.cudaBuilt ? info.cudaDevices : 'none (LibTorch without CUDA)';
  } catch (error) {
    problems.push(messageOf(error));
  }
}
