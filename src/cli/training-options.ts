import type { Kernels } from '../nn/kernels.js';
import type { Device } from '../tensor.js';
import type { TrainingOptions } from '../train/options.js';
import type { LrSchedulerType } from '../train/schedule.js';
import type { Settings } from './options.js';

/** The loop's options, and nothing else: a run that goes on must have the same. */
export function trainingOptions(
  settings: Settings,
  lrSchedulerType: LrSchedulerType,
  device: Device,
  kernels: Kernels,
  padTokenId = 0,
): TrainingOptions {
  const { maxSeqLength, perDeviceTrainBatchSize, gradientAccumulationSteps } = settings;
  const { learningRate, numTrainEpochs, maxSteps, warmupSteps, warmupRatio } = settings;
  const { maxGradNorm, weightDecay, labelSmoothing } = settings;
  // Left out where it is BERT's: checkpoints have these options, and those of before have no such one.
  const padding = padTokenId === 0 ? {} : { padTokenId };
  const batches = { maxSeqLength, ...padding, perDeviceTrainBatchSize, gradientAccumulationSteps };
  const schedule = { learningRate, lrSchedulerType, numTrainEpochs, maxSteps, warmupSteps, warmupRatio };
  return { ...batches, ...schedule, maxGradNorm, weightDecay, labelSmoothing, device, kernels };
}

/** One line of the settings that one asks about most. */
export function describeSettings(settings: Settings, seed: number): string {
  const shown = [
    `max_seq_length ${settings.maxSeqLength}`,
    `doc_stride ${settings.docStride}`,
    `learning_rate ${settings.learningRate}`,
    `warmup_steps ${settings.warmupSteps}`,
    `max_grad_norm ${settings.maxGradNorm}`,
    `seed ${seed}`,
  ];
  return `Settings: ${shown.join(', ')}.`;
}
