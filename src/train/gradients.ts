import { stack, tensor } from '../create.js';
import type { Feature } from '../data/examples.js';
import { forwardFeatures } from '../models/inputs.js';
import type { ReaderModel } from '../models/reader-model.js';
import { spanLoss } from '../models/span-head.js';
import { native } from '../native.js';
import { exactKernels } from '../nn/kernels.js';
import { tidy } from '../scope.js';
import { Tensor } from '../tensor.js';
import { clipGradNorm, jointNorm, maxNormOf } from './clip.js';
import { labelsOf } from './labels.js';
import type { TrainingOptions } from './options.js';

/** Whether the update scales gradients as it reads them, in place of clipping: with fast kernels, on the CPU. */
function scalesInUpdate({
  kernels = exactKernels,
  device,
}: Pick<TrainingOptions, 'kernels' | 'device'>): boolean {
  return kernels.fast && device === 'cpu';
}

/** Whether a GPU finds out by itself that there is nothing to update: with fast kernels. */
function skipsOnDevice({ kernels = exactKernels, device }: TrainingOptions): boolean {
  return kernels.fast && device !== 'cpu';
}

/** 1 where a number is not finite, else 0. */
function isBroken(numbers: Tensor): Tensor {
  return new Tensor(native.nanToNum(numbers.sum().mul(0).handle, 1));
}

/** What a step has before its update. */
export interface StepGradients {
  /** A parameter each, of rows or whole (`isSparse`); null for one that the loss does not depend on. */
  readonly gradients: readonly (Tensor | null)[];
  /** Whether they are clipped; where not, the optimizer scales them as it reads them. */
  readonly clipped: boolean;
  /** float32: the loss of each of the step's batches, and last the norm of all gradients before clipping. */
  readonly numbers: Tensor;
  /** Of a step whose update need not wait for these to be read: a float32 scalar, 1 where one of them is not finite, else 0. */
  readonly skip: Tensor | null;
}

/**
 * Backward for the mean of some losses, and clipping, but where the optimizer does that. The parameters' own
 * gradients are forgotten.
 * @param losses a forward pass each, whose memory is freed before the next
 */
export function computeGradients(
  model: ReaderModel,
  losses: readonly (() => Tensor)[],
  options: TrainingOptions,
): StepGradients {
  const values = losses.map((forward) =>
    tidy(() => {
      const loss = forward();
      // Divided by one it would be the same, and two kernels more.
      (losses.length === 1 ? loss : loss.div(losses.length)).backward();
      return loss.detach();
    }),
  );
  const gradients = model.parameters().map((parameter) => parameter.grad);
  model.zeroGrad();
  const present = gradients.filter((gradient) => gradient !== null);
  const clipped = !scalesInUpdate(options);
  const norm = clipped ? clipGradNorm(present, maxNormOf(options.maxGradNorm)) : jointNorm(present);
  const numbers = stack([...values, norm]);
  return { gradients, clipped, numbers, skip: skipsOnDevice(options) ? isBroken(numbers) : null };
}

/** The gradients of a step's windows, a batch after the other. */
export function plainGradients(
  model: ReaderModel,
  rows: readonly Feature[],
  options: TrainingOptions,
): StepGradients {
  const size = options.perDeviceTrainBatchSize;
  const losses = Array.from({ length: Math.ceil(rows.length / size) }, (_, index) => () => {
    const batch = rows.slice(index * size, (index + 1) * size);
    return batchLoss(model, batch, options);
  });
  return computeGradients(model, losses, options);
}

function batchLoss(
  model: ReaderModel,
  rows: readonly Feature[],
  {
    maxSeqLength,
    padTokenId,
    device,
    labelSmoothing,
    kernels: asked = exactKernels,
    loss = spanLoss,
  }: TrainingOptions,
): Tensor {
  // What scales gradients as it reads them knows those of rows, too.
  const kernels = { ...asked, sparse: scalesInUpdate({ kernels: asked, device }) };
  const { startPositions, endPositions } = labelsOf(rows, kernels);
  const labels = (positions: Int32Array) => tensor(positions, undefined, { device });
  const logits = forwardFeatures(model, rows, { maxSeqLength, padTokenId, device, kernels });
  return loss(logits, labels(startPositions), labels(endPositions), labelSmoothing);
}
