import test from 'ava';
import { tensor, zeros } from '../../src/create.js';
import { Embedding } from '../../src/nn/embedding.js';
import { exactKernels, withKernels, type Kernels } from '../../src/nn/kernels.js';
import { manualSeed } from '../../src/random.js';
import { liveTensors, tidy } from '../../src/scope.js';
import type { Tensor } from '../../src/tensor.js';
import { jointNorm } from '../../src/train/clip.js';
import { plainGradients } from '../../src/train/gradients.js';
import { AdamW } from '../../src/train/optimizer.js';
import { distance } from '../nn/gradients.js';
import { options, tinyModel, trainFeatures } from './runs.js';

const sparse: Kernels = { fast: true, bf16: false, sparse: true };

/** The gradient of an embedding's weight for indices [batch, length] and a gradient of the output that is always the same. */
function gradientOf(layer: Embedding, indices: readonly (readonly number[])[], kernels: Kernels): Tensor {
  layer.weight.clearGrad();
  const ids = tensor(Int32Array.from(indices.flat()), [indices.length, indices[0].length]);
  manualSeed(4);
  const output = withKernels(kernels, () => layer.forward(ids));
  output.mul(zeros(output.shape).normal_(0, 1)).sum().backward();
  return layer.weight.grad as Tensor;
}

const batches = [
  [[1, 3, 3]],
  [[3], [7], [0], [3]],
  [Array.from({ length: 500 }, (_, at) => (at * 7) % 9)],
  [[0, 0]],
];

for (const [index, batch] of batches.entries()) {
  test(`a gradient of the rows that occur is the whole one, batch ${index + 1}, also where a row is padding`, (t) => {
    for (const paddingIdx of [null, 0]) {
      tidy(() => {
        const layer = new Embedding(12, 20, paddingIdx);
        const whole = gradientOf(layer, batch, exactKernels);
        t.false(whole.isSparse);
        const rows = gradientOf(layer, batch, sparse);
        t.true(rows.isSparse);
        t.deepEqual(rows.shape, [12, 20]);
        t.true(distance(rows.toFloat32Array(), whole.toFloat32Array()) < 1e-5);
        t.true(Math.abs(jointNorm([rows]).item() - jointNorm([whole]).item()) < 1e-5);
        layer.dispose();
      });
    }
  });
}

for (const weightDecay of [0, 0.1]) {
  test(`fused AdamW over rows comes to what it is op by op over all, with weight decay ${weightDecay}`, (t) => {
    const before = liveTensors();
    tidy(() => {
      const [plain, fused] = [false, true].map((isFused) => {
        manualSeed(2);
        const layer = new Embedding(12, 20);
        const initial = layer.weight.toFloat32Array();
        const optimizer = new AdamW([layer.weight], { weightDecay });
        // The third gradient is whole, as other layers' are; then the moments go through a file.
        for (const [step, batch] of batches.entries()) {
          gradientOf(layer, batch, isFused && step !== 2 ? sparse : exactKernels);
          optimizer.step(1e-2, { fused: isFused, gradScale: 0.5 });
          if (step === 2) optimizer.loadMoments(optimizer.moments());
          // No batch has them.
          const untouched = layer.weight.narrow(0, 9, 3).toFloat32Array();
          if (weightDecay === 0) t.deepEqual(untouched, initial.slice(9 * 20));
        }
        const values = layer.weight.toFloat32Array();
        optimizer.dispose();
        layer.dispose();
        return values;
      });
      t.true(distance(fused, plain) < 1e-6);
    });
    t.is(liveTensors(), before);
  });
}

test('op by op, a gradient of rows is taken as the whole one', (t) => {
  tidy(() => {
    const [whole, rows] = [exactKernels, sparse].map((kernels) => {
      manualSeed(2);
      const layer = new Embedding(12, 20);
      const optimizer = new AdamW([layer.weight]);
      for (const batch of batches) {
        gradientOf(layer, batch, kernels);
        optimizer.step(1e-2);
      }
      const values = layer.weight.toFloat32Array();
      optimizer.dispose();
      layer.dispose();
      return values;
    });
    t.true(distance(rows, whole) < 1e-6);
  });
});

for (const name of ['bert-mini', 'lstm', 'transformer']) {
  test(`${name}: only --fast has gradients of rows; a step of two batches has the mean of theirs`, (t) => {
    tidy(() => {
      const model = tinyModel(name);
      model.eval();
      const gradients = (from: number, to: number, fast: boolean) => {
        const settings = { ...options, perDeviceTrainBatchSize: 2, kernels: { fast, bf16: false } };
        return plainGradients(model, trainFeatures.slice(from, to), settings).gradients as Tensor[];
      };
      t.false(gradients(0, 2, false).some(({ isSparse }) => isSparse));
      const [first, second, both] = [gradients(0, 2, true), gradients(2, 4, true), gradients(0, 4, true)];
      t.true(both.some(({ isSparse }) => isSparse));
      for (const [index, gradient] of both.entries()) {
        const [one, other] = [first[index].toFloat32Array(), second[index].toFloat32Array()];
        const mean = one.map((value, at) => (value + other[at]) / 2);
        t.true(distance(gradient.toFloat32Array(), mean) < 1e-6);
      }
      model.dispose();
    });
  });
}
