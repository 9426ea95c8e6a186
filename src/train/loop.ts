import { setImmediate as nextTurn } from 'node:timers/promises';
import { tensor } from '../create.js';
import type { Feature } from '../data/examples.js';
import { QaError } from '../errors.js';
import { forwardFeatures } from '../models/inputs.js';
import type { ReaderModel, SpanLogits } from '../models/reader-model.js';
import { spanLoss } from '../models/span-head.js';
import { exactKernels, type Kernels } from '../nn/kernels.js';
import { tidy } from '../scope.js';
import type { Device, Tensor } from '../tensor.js';
import { clipGradNorm } from './clip.js';
import type { AdamW } from './optimizer.js';
import { countWarmupSteps, learningRateFactor, type LrSchedulerType } from './schedule.js';
import { TrainingState } from './state.js';

export interface TrainingOptions {
  /** Positions of a row; shorter features are padded to it. */
  readonly maxSeqLength: number;
  readonly perDeviceTrainBatchSize: number;
  readonly learningRate: number;
  readonly numTrainEpochs: number;
  /** Where above 0: stop after so many steps, which the schedule then spans. */
  readonly maxSteps: number;
  readonly warmupSteps: number;
  readonly maxGradNorm: number;
  readonly device: Device;
  /** Python's by default. */
  readonly kernels?: Kernels;
  // What the notebook does not have, and leaves no trace where it is left out.
  /** Batches of a step, whose losses are averaged; the last step of an epoch takes those that are left. 1. */
  readonly gradientAccumulationSteps?: number;
  /** AdamW's, of all parameters but biases and those of LayerNorm. 0. */
  readonly weightDecay?: number;
  /** `linear`. */
  readonly lrSchedulerType?: LrSchedulerType;
  /** Part of all steps that are warmup, where `warmupSteps` is 0. 0. */
  readonly warmupRatio?: number;
  /** `torch.nn.CrossEntropyLoss`'s `label_smoothing`, over all positions of a row. 0. */
  readonly labelSmoothing?: number;
  /** In place of `spanLoss`. */
  readonly loss?: SpanLoss;
}

/** A scalar from logits and int64 positions, a row each. */
export type SpanLoss = (
  logits: SpanLogits,
  startPositions: Tensor,
  endPositions: Tensor,
  labelSmoothing?: number,
) => Tensor;

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
  const totalSteps = options.maxSteps > 0 ? options.maxSteps : stepsPerEpoch * options.numTrainEpochs;
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
  try {
    while (state.step < totalSteps) {
      const position = state.step % stepsPerEpoch;
      if (position === 0) state.beginEpoch(features.length);
      const indexes = state.order.subarray(position * rowsPerStep, (position + 1) * rowsPerStep);
      const rows = Array.from(indexes, (index) => features[index]);

      const rate = options.learningRate * learningRateFactor(state.step, schedule);
      const step = state.step + 1;
      const { loss, gradNorm } = trainingStep(model, state.optimizer, rows, rate, options, step, nameOf);
      state.step = step;
      yield { step, epoch: step / stepsPerEpoch, loss, grad_norm: gradNorm, learning_rate: rate };
      await nextTurn();
    }
  } finally {
    state.dispose();
  }
}

function trainingStep(
  model: ReaderModel,
  optimizer: AdamW,
  rows: readonly Feature[],
  rate: number,
  options: TrainingOptions,
  step: number,
  nameOf: (feature: Feature) => string,
): { loss: number; gradNorm: number } {
  const batchSize = options.perDeviceTrainBatchSize;
  const batches = Array.from({ length: Math.ceil(rows.length / batchSize) }, (_, index) =>
    rows.slice(index * batchSize, (index + 1) * batchSize),
  );
  return tidy(() => {
    const losses = batches.map((batch) => addGradients(model, batch, batches.length, options));
    const gradients = model.parameters().flatMap((parameter) => parameter.grad ?? []);
    const norm = clipGradNorm(gradients, options.maxGradNorm);

    const sum = losses.reduce((total, loss) => total + loss.item(), 0);
    const numbers = { loss: sum / losses.length, gradNorm: norm.item() };
    if (!Number.isFinite(numbers.loss) || !Number.isFinite(numbers.gradNorm)) {
      throw new QaError(
        `Expected a finite loss and gradient norm, got ${numbers.loss} and ${numbers.gradNorm} in step ${step} ` +
          `(questions ${rows.map(nameOf).join(', ')}); the weights are as before this step, try a lower --learning-rate.`,
        'ERR_NAN_LOSS',
      );
    }
    optimizer.step(rate, { fused: options.kernels?.fast ?? false });
    model.zeroGrad();
    return numbers;
  });
}

/** Forward and backward of one of a step's batches; gives its loss. */
function addGradients(
  model: ReaderModel,
  rows: readonly Feature[],
  batchesOfStep: number,
  { maxSeqLength, device, labelSmoothing, kernels = exactKernels, loss: lossOf = spanLoss }: TrainingOptions,
): Tensor {
  return tidy(() => {
    const labels = (of: (row: Feature) => number) =>
      tensor(Int32Array.from(rows, of), [rows.length], { device });

    const logits = forwardFeatures(model, rows, { maxSeqLength, device, kernels });
    const starts = labels((row) => row.startPosition);
    const ends = labels((row) => row.endPosition);
    const loss = lossOf(logits, starts, ends, labelSmoothing);
    loss.div(batchesOfStep).backward();
    return loss.detach();
  });
}
