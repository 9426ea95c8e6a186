import { setImmediate as nextTurn } from 'node:timers/promises';
import type { Feature } from '../data/examples.js';
import { forwardFeatures } from '../models/inputs.js';
import type { ReaderModel } from '../models/reader-model.js';
import { exactKernels, type Kernels } from '../nn/kernels.js';
import { PrepackedWeights, withPrepacked } from '../nn/prepacked.js';
import { atLeastOne, expectNumber } from '../number-range.js';
import { noGrad, tidy } from '../scope.js';
import type { Device } from '../tensor.js';

/** How logits are computed. */
export interface PredictOptions {
  /** Positions of a row; shorter features are padded to it. */
  readonly maxSeqLength: number;
  /** The tokenizer's id of padding. 0. */
  readonly padTokenId?: number;
  /** Features that are computed together. */
  readonly perDeviceEvalBatchSize: number;
  readonly device: Device;
  /** Python's by default. */
  readonly kernels?: Kernels;
  /** What fast kernels made of the weights in calls before, where they have not changed since; by default that of this call. */
  readonly prepacked?: PrepackedWeights;
}

/**
 * One row of start and one of end logits for each feature; the LSTM's are as long as their batch's longest row, with fast
 * kernels all as their feature.
 */
export interface RawPredictions {
  readonly start: readonly Float32Array[];
  readonly end: readonly Float32Array[];
}

/**
 * Batches that a GPU is given at a time with fast kernels: a small model's operations take less time there than their calls. With
 * Python's kernels a row's bits may depend on its batch.
 */
const batchesAtATime = 8;
/** But no more rows than that: the larger a batch was asked for, the more memory each takes. */
const rowsAtATime = 96;

/**
 * The notebook's `evaluate`: the model's logits for every feature, in batches in their order, without dropout.
 * @param onProgress gets the number of features done after each batch
 */
export async function predictLogits(
  model: ReaderModel,
  features: readonly Feature[],
  options: PredictOptions,
  onProgress: (done: number) => void = () => undefined,
): Promise<RawPredictions> {
  const { kernels = exactKernels, device, perDeviceEvalBatchSize } = options;
  expectNumber('`perDeviceEvalBatchSize`', perDeviceEvalBatchSize, atLeastOne);
  const batches = Math.max(1, Math.min(batchesAtATime, Math.floor(rowsAtATime / perDeviceEvalBatchSize)));
  const step = perDeviceEvalBatchSize * (kernels.fast && device !== 'cpu' ? batches : 1);
  const wasTraining = model.training;
  model.to(device).eval();
  const start: Float32Array[] = [];
  const end: Float32Array[] = [];
  const own = new PrepackedWeights();
  try {
    for (let first = 0; first < features.length; first += step) {
      const rows = features.slice(first, first + step);
      const logits = tidy(() =>
        noGrad(() => {
          const { startLogits, endLogits } = withPrepacked(options.prepacked ?? own, () =>
            forwardFeatures(model, rows, { ...options, kernels }),
          );
          return { start: startLogits.toFloat32Array(), end: endLogits.toFloat32Array() };
        }),
      );
      start.push(...splitRows(logits.start, rows, kernels.fast));
      end.push(...splitRows(logits.end, rows, kernels.fast));
      onProgress(first + rows.length);
      await nextTurn();
    }
  } finally {
    own.dispose();
    model.train(wasTraining);
  }
  return { start, end };
}

/** The matrix's rows; without padding, as long as their features. */
function splitRows(
  matrix: Float32Array,
  features: readonly Feature[],
  withoutPadding: boolean,
): Float32Array[] {
  const length = matrix.length / features.length;
  return features.map(({ inputIds }, row) =>
    matrix.subarray(row * length, row * length + (withoutPadding ? inputIds.length : length)),
  );
}
