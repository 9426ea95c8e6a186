import { setImmediate as nextTurn } from 'node:timers/promises';
import type { Feature } from '../data/examples.js';
import { QaError } from '../errors.js';
import type { ReaderModel } from '../models/reader-model.js';
import { exactKernels } from '../nn/kernels.js';
import { tidy } from '../scope.js';
import { clipCoefficient, maxNormOf } from './clip.js';
import type { AdamW } from './optimizer.js';
import type { TrainingOptions } from './options.js';
import { checkTrainingOptions } from './ranges.js';
import { gradientSource, type GradientSource } from './recorded-gradients.js';
import { countWarmupSteps, learningRateFactor } from './schedule.js';
import { TrainingState } from './state.js';

/** One line of train_log.jsonl, with Hugging Face's names. */
export interface StepLog {
  /** From 1. */
  readonly step: number;
  /** Epochs done after this step, with the fraction of the running one. */
  readonly epoch: number;
  readonly loss: number;
  /** The gradients' norm before clipping. */
  readonly grad_norm: number;
  /** The rate that this step used. */
  readonly learning_rate: number;
}

/** Windows of a step, steps of an epoch and of the whole run. */
export function countSteps(
  numFeatures: number,
  options: Pick<
    TrainingOptions,
    'perDeviceTrainBatchSize' | 'gradientAccumulationSteps' | 'numTrainEpochs' | 'maxSteps'
  >,
): { rowsPerStep: number; stepsPerEpoch: number; totalSteps: number } {
  const rowsPerStep = options.perDeviceTrainBatchSize * (options.gradientAccumulationSteps ?? 1);
  const stepsPerEpoch = Math.ceil(numFeatures / rowsPerStep);
  const totalSteps =
    options.maxSteps > 0 ? options.maxSteps : Math.ceil(options.numTrainEpochs * stepsPerEpoch);
  return { rowsPerStep, stepsPerEpoch, totalSteps };
}

/**
 * The notebook's training loop. Each step: forward, backward, clipping, AdamW, schedule, gradients forgotten. Yields
 * a line after each step and to the event loop before the next.
 * @param nameOf names a feature in errors, by its example's id
 * @param state where the run stands, a new one's unless it goes on from a checkpoint; whoever saves it does so at a
 *   yield, and when the loop ends, it is disposed
 */
export async function* train(
  model: ReaderModel,
  features: readonly Feature[],
  options: TrainingOptions,
  nameOf: (feature: Feature) => string,
  state = new TrainingState(model, options),
): AsyncGenerator<StepLog, void, void> {
  checkTrainingOptions(options);
  if (features.length === 0) {
    throw new QaError(
      'Expected at least one training window, got none; give a file with questions.',
      'ERR_NO_DATA',
    );
  }
  const { rowsPerStep, stepsPerEpoch, totalSteps } = countSteps(features.length, options);
  const schedule = {
    lrSchedulerType: options.lrSchedulerType ?? 'linear',
    learningRate: options.learningRate,
    numWarmupSteps: countWarmupSteps(options.warmupSteps, options.warmupRatio ?? 0, totalSteps),
    numTrainingSteps: totalSteps,
  };
  model.train();
  const gradients = gradientSource(model, options);
  const rowsAt = (position: number) => {
    const indexes = state.order.subarray(position * rowsPerStep, (position + 1) * rowsPerStep);
    return Array.from(indexes, (index) => features[index]);
  };
  let next: readonly Feature[] | undefined;
  try {
    while (state.step < totalSteps) {
      const position = state.step % stepsPerEpoch;
      if (position === 0) state.beginEpoch(features.length);
      const rows = next ?? rowsAt(position);
      // The next epoch's order is yet to be drawn.
      const isLast = position + 1 === stepsPerEpoch || state.step + 1 === totalSteps;
      next = isLast ? undefined : rowsAt(position + 1);

      const rate = options.learningRate * learningRateFactor(state.step, schedule);
      const step = state.step + 1;
      const describe = () => `step ${step} (questions ${rows.map(nameOf).join(', ')})`;
      const { loss, gradNorm } = trainingStep(
        gradients,
        state.optimizer,
        { rows, next },
        rate,
        options,
        describe,
      );
      state.step = step;
      yield { step, epoch: step / stepsPerEpoch, loss, grad_norm: gradNorm, learning_rate: rate };
      await nextTurn();
    }
  } finally {
    gradients.dispose();
    state.dispose();
  }
}

/** Forward, backward, clipping, AdamW; gives the loss and the gradients' norm. */
function trainingStep(
  source: GradientSource,
  optimizer: AdamW,
  { rows, next }: { readonly rows: readonly Feature[]; readonly next: readonly Feature[] | undefined },
  rate: number,
  options: TrainingOptions,
  describe: () => string,
): { loss: number; gradNorm: number } {
  return tidy(() => {
    const { fast: fused } = options.kernels ?? exactKernels;
    const { gradients, clipped, numbers, skip } = source.of(rows);
    // Asked for before the loss is known, where that can be: a GPU would have nothing to do from one to the other.
    if (skip !== null) optimizer.step(rate, { fused, gradients, skip });
    if (next !== undefined) source.prepare(next);
    // The one time in a step that a GPU is waited for.
    const losses = [...numbers.toFloat32Array()];
    const gradNorm = losses.pop() ?? NaN;
    const loss = losses.reduce((sum, value) => sum + value, 0) / losses.length;
    if (!Number.isFinite(loss) || !Number.isFinite(gradNorm)) {
      throw new QaError(
        `Expected a finite loss and gradient norm, got ${loss} and ${gradNorm} in ${describe()}; ` +
          'the weights are as before this step, try a lower `learningRate`.',
        'ERR_NAN_LOSS',
      );
    }
    const gradScale = clipped ? 1 : clipCoefficient(gradNorm, maxNormOf(options.maxGradNorm));
    if (skip === null) optimizer.step(rate, { fused, gradients, gradScale });
    return { loss, gradNorm };
  });
}
