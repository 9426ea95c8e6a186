import { setImmediate as nextTurn } from 'node:timers/promises';
import { tensor } from '../create.js';
import { collate } from '../data/batches.js';
import type { Feature } from '../data/examples.js';
import { QaError } from '../errors.js';
import { toInputs } from '../models/inputs.js';
import type { ReaderModel } from '../models/reader-model.js';
import { spanLoss } from '../models/span-head.js';
import { tidy } from '../scope.js';
import type { Device } from '../tensor.js';
import { clipGradNorm } from './clip.js';
import type { AdamW } from './optimizer.js';
import { linearScheduleWithWarmup } from './schedule.js';
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
}

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

/** Steps of an epoch and of the whole run. */
export function countSteps(
  numFeatures: number,
  options: Pick<TrainingOptions, 'perDeviceTrainBatchSize' | 'numTrainEpochs' | 'maxSteps'>,
): { stepsPerEpoch: number; totalSteps: number } {
  const stepsPerEpoch = Math.ceil(numFeatures / options.perDeviceTrainBatchSize);
  const totalSteps = options.maxSteps > 0 ? options.maxSteps : stepsPerEpoch * options.numTrainEpochs;
  return { stepsPerEpoch, totalSteps };
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
  state = new TrainingState(model, options.device),
): AsyncGenerator<StepLog, void, void> {
  if (features.length === 0) {
    throw new QaError(
      'Expected at least one training window, got none; give a file with questions.',
      'ERR_NO_DATA',
    );
  }
  const { stepsPerEpoch, totalSteps } = countSteps(features.length, options);
  const batchSize = options.perDeviceTrainBatchSize;
  model.train();
  try {
    while (state.step < totalSteps) {
      const position = state.step % stepsPerEpoch;
      if (position === 0) state.beginEpoch(features.length);
      const indexes = state.order.subarray(position * batchSize, (position + 1) * batchSize);
      const rows = Array.from(indexes, (index) => features[index]);

      const factor = linearScheduleWithWarmup(state.step, options.warmupSteps, totalSteps);
      const rate = options.learningRate * factor;
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
  return tidy(() => {
    const batch = collate(rows, options.maxSeqLength);
    const labels = (data: Int32Array) => tensor(data, [batch.size], { device: options.device });

    const logits = model.forward(toInputs(batch, options.device));
    const loss = spanLoss(logits, labels(batch.startPositions), labels(batch.endPositions));
    loss.backward();
    const gradients = model.parameters().flatMap((parameter) => parameter.grad ?? []);
    const norm = clipGradNorm(gradients, options.maxGradNorm);

    const numbers = { loss: loss.item(), gradNorm: norm.item() };
    if (!Number.isFinite(numbers.loss) || !Number.isFinite(numbers.gradNorm)) {
      throw new QaError(
        `Expected a finite loss and gradient norm, got ${numbers.loss} and ${numbers.gradNorm} in step ${step} ` +
          `(questions ${rows.map(nameOf).join(', ')}); the weights are as before this step, try a lower --learning-rate.`,
        'ERR_NAN_LOSS',
      );
    }
    optimizer.step(rate);
    model.zeroGrad();
    return numbers;
  });
}
