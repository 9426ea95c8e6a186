import type { Feature } from '../data/examples.js';
import type { ReaderModel } from '../models/reader-model.js';
import { exactKernels } from '../nn/kernels.js';
import { getRngState, setRngState } from '../random.js';
import { runtimeInfo } from '../runtime.js';
import type { Device } from '../tensor.js';
import { train } from '../train/loop.js';
import type { TrainingOptions } from '../train/options.js';
import { formatDuration } from './progress.js';

/** A run as far as its speed goes. */
export interface TimedRun {
  /** Another model like the run's own. */
  readonly fresh: () => ReaderModel;
  readonly features: readonly Feature[];
  readonly options: TrainingOptions;
}

/** Flags, and what they change of a run. */
export interface Alternative {
  readonly flags: string;
  readonly changes: Partial<TrainingOptions>;
}

/**
 * Steps that are timed of each alternative, after those that set up: on a GPU each shape of batch is computed, then recorded,
 * and only then replayed.
 */
const timedSteps = 4;
const stepsBefore = { cpu: 1, gpu: 60 };

/**
 * What flags would make of the steps that are left, measured by a few steps of another model: the run and its random
 * numbers stay as they are. Nothing where no flag would help.
 * @param perStep seconds of the run's own steps
 */
export async function whatIsFaster(run: TimedRun, perStep: number, stepsLeft: number): Promise<string[]> {
  const lines: string[] = [];
  for (const { flags, changes } of alternativesTo(run.options)) {
    const seconds = await secondsOfStep(run, changes);
    if (seconds === undefined || seconds >= perStep) continue;
    const [own, other] = [perStep, seconds].map((time) => `${time.toFixed(2)} s`);
    lines.push(
      `With ${flags} a step takes ${other} here in place of ${own}: ${formatDuration(seconds * stepsLeft)} for those that are left.`,
    );
  }
  return lines;
}

/** The flags that a run on this machine could have beside its own. */
export function alternativesTo(
  { device, kernels = exactKernels, labelSmoothing = 0 }: TrainingOptions,
  gpus = runtimeInfo().cudaDevices,
): Alternative[] {
  // The loss of --fast has no padding to smooth over.
  const hasFast = labelSmoothing === 0;
  return [
    ...(hasFast && !kernels.fast
      ? [{ flags: '--fast', changes: { kernels: { fast: true, bf16: false } } }]
      : []),
    ...(hasFast && !kernels.bf16
      ? [{ flags: '--bf16', changes: { kernels: { fast: true, bf16: true } } }]
      : []),
    ...(gpus > 0 && device === 'cpu'
      ? [{ flags: '--device cuda', changes: { device: 'cuda', kernels: exactKernels } }]
      : []),
  ];
}

/** Seconds of a step, the mean of a few; undefined where it cannot be computed so, which is no failure of the run. */
async function secondsOfStep(run: TimedRun, changes: Partial<TrainingOptions>): Promise<number | undefined> {
  try {
    return await timeSteps(run, changes);
  } catch (error) {
    if (error instanceof Error && 'code' in error) return undefined;
    throw error;
  }
}

async function timeSteps(
  { fresh, features, options }: TimedRun,
  changes: Partial<TrainingOptions>,
): Promise<number> {
  const devices = [...new Set<Device>(['cpu', options.device])];
  const states = devices.map((device) => [device, getRngState(device)] as const);
  const model = fresh();
  try {
    const all = { ...options, ...changes };
    const before = stepsBefore[all.device === 'cpu' ? 'cpu' : 'gpu'];
    const steps = train(model, features, { ...all, maxSteps: before + timedSteps }, () => '');
    for (let step = 0; step < before; step += 1) await steps.next();
    const began = performance.now();
    for await (const { step } of steps) if (step === before + timedSteps) break;
    return (performance.now() - began) / 1000 / timedSteps;
  } finally {
    model.dispose();
    for (const [device, state] of states) {
      setRngState(state, device);
      state.dispose();
    }
  }
}
