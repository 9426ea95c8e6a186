import { setImmediate as nextTurn } from 'node:timers/promises';
import { collate } from '../data/batches.js';
import type { Feature } from '../data/examples.js';
import { toInputs } from '../models/inputs.js';
import type { ReaderModel } from '../models/reader-model.js';
import { noGrad, tidy } from '../scope.js';
import type { Device } from '../tensor.js';

export interface PredictOptions {
  readonly maxSeqLength: number;
  readonly perDeviceEvalBatchSize: number;
  readonly device: Device;
}

/** One row of start and one of end logits for each feature; the LSTM's are as long as their batch's longest row. */
export interface RawPredictions {
  readonly start: readonly Float32Array[];
  readonly end: readonly Float32Array[];
}

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
  const wasTraining = model.training;
  model.to(options.device).eval();
  const start: Float32Array[] = [];
  const end: Float32Array[] = [];
  try {
    for (let first = 0; first < features.length; first += options.perDeviceEvalBatchSize) {
      const rows = features.slice(first, first + options.perDeviceEvalBatchSize);
      const logits = tidy(() =>
        noGrad(() => {
          const { startLogits, endLogits } = model.forward(
            toInputs(collate(rows, options.maxSeqLength), options.device),
          );
          return { start: startLogits.toFloat32Array(), end: endLogits.toFloat32Array() };
        }),
      );
      start.push(...splitRows(logits.start, rows.length));
      end.push(...splitRows(logits.end, rows.length));
      onProgress(first + rows.length);
      await nextTurn();
    }
  } finally {
    model.train(wasTraining);
  }
  return { start, end };
}

function splitRows(matrix: Float32Array, rows: number): Float32Array[] {
  const length = matrix.length / rows;
  return Array.from({ length: rows }, (_, row) => matrix.subarray(row * length, (row + 1) * length));
}
