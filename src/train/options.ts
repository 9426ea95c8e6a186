import type { Recorder } from '../cuda-graph.js';
import type { SpanLogits } from '../models/reader-model.js';
import type { Kernels } from '../nn/kernels.js';
import type { Device, Tensor } from '../tensor.js';
import type { LrSchedulerType } from './schedule.js';

/** What a training run is told. */
export interface TrainingOptions {
  /** Positions of a row; shorter features are padded to it. */
  readonly maxSeqLength: number;
  /** The tokenizer's id of padding. 0. */
  readonly padTokenId?: number;
  readonly perDeviceTrainBatchSize: number;
  readonly learningRate: number;
  /** Need not be whole: the last one may be a part, its steps rounded up. */
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
  /** Records what steps of one shape have in common: CUDA graphs by default, on a GPU. */
  readonly recorder?: Recorder;
}

/** A scalar from logits and int64 positions, a row each. */
export type SpanLoss = (
  logits: SpanLogits,
  startPositions: Tensor,
  endPositions: Tensor,
  labelSmoothing?: number,
) => Tensor;
