import test from 'ava';
import { tensor } from '../../src/create.js';
import type { Feature } from '../../src/data/examples.js';
import { BertForQuestionAnswering } from '../../src/models/bert.js';
import { forwardFeatures } from '../../src/models/inputs.js';
import { LstmForQuestionAnswering } from '../../src/models/lstm.js';
import type { ReaderModel } from '../../src/models/reader-model.js';
import { spanLoss } from '../../src/models/span-head.js';
import { TransformerForQuestionAnswering } from '../../src/models/transformer.js';
import { bertMiniConfig } from '../../src/nn/bert-config.js';
import { exactKernels, type Kernels } from '../../src/nn/kernels.js';
import { manualSeed } from '../../src/random.js';
import { noGrad, tidy } from '../../src/scope.js';
import type { Device } from '../../src/tensor.js';
import { onEveryDevice } from '../fixture.js';

// What --fast promises, held against the exact kernels on each row alone, where there is no padding.

const fast: Kernels = { fast: true, bf16: false };

const bert = {
  ...bertMiniConfig,
  vocab_size: 100,
  hidden_size: 32,
  num_hidden_layers: 2,
  num_attention_heads: 4,
  intermediate_size: 64,
};
const models: Record<string, () => ReaderModel> = {
  bert: () => new BertForQuestionAnswering(bert),
  lstm: () => new LstmForQuestionAnswering({ vocab_size: 100, dim: 32 }),
  transformer: () => new TransformerForQuestionAnswering({ vocab_size: 100, dim: 32, num_heads: 4 }),
};

const batches: Record<string, readonly number[]> = {
  'a batch of one': [23],
  'the shortest rows': [5, 5, 6, 5],
  'rows of equal length': [16, 16, 16],
  'one row without padding among others': [40, 384, 7],
  'rows of many lengths': [17, 64, 33, 5, 128, 32, 31, 65, 90, 9, 48, 127],
};

function feature(length: number, row: number): Feature {
  return {
    exampleIndex: row,
    inputIds: Int32Array.from({ length }, (_, at) => 1 + ((31 * row + 7 * at) % 99)),
    contextStart: 3,
    offsets: new Int32Array(2 * (length - 3)),
    startPosition: length - 2,
    endPosition: row % length,
  };
}

/** The loss of a batch with its gradients by parameter name, which are cleared. */
function lossAndGradients(
  model: ReaderModel,
  features: readonly Feature[],
  kernels: Kernels,
  device: Device,
) {
  const loss = tidy(() => {
    const maxSeqLength = Math.max(...features.map(({ inputIds }) => inputIds.length));
    const labels = (of: (row: Feature) => number) =>
      tensor(Int32Array.from(features, of), undefined, { device });
    const value = spanLoss(
      forwardFeatures(model, features, { maxSeqLength, device, kernels }),
      labels((row) => row.startPosition),
      labels((row) => row.endPosition),
    );
    value.backward();
    return value.item();
  });
  const gradients = new Map(
    [...model.namedParameters()].map(([name, parameter]) => [name, parameter.grad?.toFloat32Array()]),
  );
  model.zeroGrad();
  return { loss, gradients };
}

function distance(a: Float32Array, b: Float32Array): number {
  return a.reduce((most, value, index) => Math.max(most, Math.abs(value - (b[index] ?? NaN))), 0);
}

onEveryDevice((device) => {
  for (const [kind, create] of Object.entries(models)) {
    const name = `${kind} on ${device}`;
    // A GPU's LSTM has gradients in training only; it drops nothing then.
    const still = () =>
      create()
        .to(device)
        .train(kind === 'lstm');
    for (const [batch, lengths] of Object.entries(batches)) {
      test.serial(
        `${name}, ${batch}: loss and gradients of --fast are those of the rows without padding`,
        (t) => {
          manualSeed(1);
          const model = still();
          const features = lengths.map(feature);
          const ours = lossAndGradients(model, features, fast, device);
          const alone = features.map((row) => lossAndGradients(model, [row], exactKernels, device));
          const mean = (of: (row: (typeof alone)[number]) => number) =>
            alone.reduce((sum, row) => sum + of(row), 0) / alone.length;
          t.true(Math.abs(ours.loss - mean((row) => row.loss)) < 1e-5);
          for (const [parameter, gradient] of ours.gradients) {
            const expected = gradient?.map((_, index) =>
              mean((row) => row.gradients.get(parameter)?.[index] ?? 0),
            );
            const difference = distance(gradient ?? new Float32Array(), expected ?? new Float32Array());
            t.true(difference < 1e-5, `${parameter} differs by ${difference}`);
          }
          model.dispose();
        },
      );
    }

    test.serial(`${name}: logits of real tokens are those with padding`, (t) => {
      manualSeed(1);
      const model = still();
      const features = batches['rows of many lengths']?.map(feature) ?? [];
      const logits = (kernels: Kernels) =>
        noGrad(() => forwardFeatures(model, features, { maxSeqLength: 128, device, kernels }));
      const [ours, padded] = [logits(fast), logits(exactKernels)];
      for (const key of ['startLogits', 'endLogits'] as const) {
        const [a, b] = [ours[key].toFloat32Array(), padded[key].toFloat32Array()];
        const width = ours[key].size(1);
        for (const [row, { inputIds }] of features.entries()) {
          const of = (all: Float32Array) => all.subarray(row * width, row * width + inputIds.length);
          t.true(distance(of(a), of(b)) < 1e-5);
          t.true(a.subarray(row * width + inputIds.length, (row + 1) * width).every((x) => x === -Infinity));
        }
      }
      model.dispose();
    });

    test.serial(`${name}: a seed determines what --fast computes, dropout too; bfloat16 comes near`, (t) => {
      const features = [12, 30, 7].map(feature);
      const run = (seed: number, kernels: Kernels) => {
        manualSeed(1);
        const model = create().to(device).train();
        manualSeed(seed);
        const result = lossAndGradients(model, features, kernels, device);
        model.dispose();
        return result;
      };
      t.deepEqual(run(3, fast), run(3, fast));
      if (kind !== 'lstm') t.not(run(3, fast).loss, run(4, fast).loss);
      const { loss } = run(3, { fast: true, bf16: true });
      t.true(Math.abs(loss - run(3, fast).loss) < 0.05);
    });
  }
});
