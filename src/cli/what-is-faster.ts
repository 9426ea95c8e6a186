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
  /** Whether somebody waits for this to end: then it stays unknown. */
  readonly isOver?: () => boolean;
}

/** Flags, and what they change of a run. */
export interface Alternative {
  readonly flags: string;
  readonly changes: Partial<TrainingOptions>;
}

/** Steps that are timed of each alternative, after those that set up. */
const timedSteps = 4;

/**
 * Steps that set up. On a GPU each shape of batch is computed, then recorded, and only then replayed; that makes no
 * difference to steps so long that a few of them take as long as anybody wants to wait.
 * @param perStep seconds of the run's own steps
 */
export function stepsBefore(device: Device, perStep: number): number {
  const [most, seconds] = [60, 20];
  return device === 'cpu' ? 1 : Math.max(3, Math.min(most, Math.ceil(seconds / perStep)));
}

/**
 * What flags would make of the steps that are left, measured by a few steps of another model: the run and its random
 * numbers stay as they are. Nothing where no flag would help.
 * @param perStep seconds of the run's own steps
 */
export async function whatIsFaster(run: TimedRun, perStep: number, stepsLeft: number): Promise<string[]> {
  const lines: string[] = [];
  for (const { flags, changes } of alternativesTo(run.options)) {
    if (run.isOver?.() === true) break;
    const seconds = await secondsOfStep(run, changes, perStep);
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
async function secondsOfStep(
  run: TimedRun,
  changes: Partial<TrainingOptions>,
  perStep: number,
): Promise<number | undefined> {
  try {
    return await timeSteps(run, changes, perStep);
  } catch (error) {
    if (error instanceof Error && 'code' in error) return undefined;
    throw error;
  }
}

async function timeSteps(
  { fresh, features, options, isOver = () => false }: TimedRun,
  changes: Partial<TrainingOptions>,
  perStep: number,
): Promise<number | undefined> {
  const devices = [...new Set<Device>(['cpu', options.device])];
  const states = devices.map((device) => [device, getRngState(device)] as const);
  const model = fresh();
  try {
    const all = { ...options, ...changes };
    const before = stepsBefore(all.device, perStep);
    let began = 0;
    for await (const { step } of train(
      model,
      features,
      { ...all, maxSteps: before + timedSteps },
      () => '',
    )) {
      if (isOver()) return undefined;
      if (step === before) began = performance.now();
      if (step === before + timedSteps) break;
    }
    return (performance.now() - began) / 1000 / timedSteps;
  } finally {
    model.dispose();
    for (const [device, state] of states) {
      setRngState(state, device);
      state.dispose();
    }
  }
}
