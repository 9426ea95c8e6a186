import test from 'ava';
import { arange, cat, zeros } from '../../src/create.js';
import { withKernels } from '../../src/nn/kernels.js';
import { fastLinear, Linear } from '../../src/nn/linear.js';
import { PrepackedWeights, withPrepacked } from '../../src/nn/prepacked.js';
import { manualSeed } from '../../src/random.js';
import { noGrad, tidy } from '../../src/scope.js';
import type { Tensor } from '../../src/tensor.js';
import { distance, gradientsOf, relativeDistance } from './gradients.js';
import { testLayer } from './layer-cases.js';
import { fastDistances, layerAndLeaves, linearCases } from './linear-cases.js';

const fastKernels = { fast: true, bf16: false };

/** The first layer computes them all. */
function sideBySide(layers: readonly Linear[], input: Tensor): Tensor {
  const [weights, biases] = [layers.map(({ weight }) => weight), layers.map(({ bias }) => bias)];
  return fastLinear(layers[0], input, weights, biases);
}

testLayer(
  'Linear',
  ({ inFeatures = 0, outFeatures = 0 }) => new Linear(inFeatures, outFeatures),
  (layer, input) => layer.forward(input('input')),
);

test('layers side by side give what each gives, and get what each gets', (t) => {
  tidy(() => {
    manualSeed(5);
    const layers = [new Linear(32, 16), new Linear(32, 8)];
    const leaves = [
      zeros([9, 32]).normal_(0, 1).requiresGrad_(),
      ...layers.flatMap((layer) => layer.parameters()),
    ];
    const ours = gradientsOf((input) => sideBySide(layers, input), leaves);
    const theirs = gradientsOf(
      (input) =>
        cat(
          layers.map((layer) => layer.forward(input)),
          1,
        ),
      leaves,
    );
    for (const [index, result] of ours.entries()) t.true(distance(result, theirs[index]) < 1e-5);
  });
});

for (const dtype of ['float32', 'bfloat16'] as const) {
  test(`prepacked weights give the same numbers, alone and side by side, ${dtype}`, (t) => {
    tidy(() => {
      for (const shape of linearCases) {
        const { layer, leaves } = layerAndLeaves(shape);
        const other = new Linear(shape[1], 24);
        const input = leaves[0].detach().to(dtype);
        const prepacked = new PrepackedWeights();
        for (const forward of [
          () => withKernels(fastKernels, () => layer.forward(input)),
          () => sideBySide([layer, other], input),
        ]) {
          const plain = noGrad(forward).toFloat32Array();
          for (const use of ['made', 'used again']) {
            const ours = noGrad(() => withPrepacked(prepacked, forward)).toFloat32Array();
            t.is(distance(ours, plain), 0, `${shape.join()}, ${use}`);
          }
          // The next one's owner is the same.
          prepacked.dispose();
        }
      }
    });
  });
}

for (const shape of linearCases) {
  const title = `${shape[0]} tokens, ${shape[1]} to ${shape[2]} features`;

  test(`${title}: --fast gives what the plain kernels give, and its gradients`, (t) => {
    for (const distance of fastDistances(shape)) t.true(distance < 1e-4);
  });

  test(`${title}: so does --bf16, but for its digits`, (t) => {
    tidy(() => {
      const { layer, leaves } = layerAndLeaves(shape);
      const rounded = (a: Tensor) => a.to('bfloat16').to('float32');
      const half = gradientsOf(
        (input) =>
          withKernels({ fast: true, bf16: true }, () => layer.forward(input.to('bfloat16')).to('float32')),
        leaves,
      );
      // The output's gradient is rounded on its way back.
      const plain = gradientsOf((input) => rounded(layer.forward(rounded(input))), leaves);
      for (const [index, result] of half.entries()) t.true(relativeDistance(result, plain[index]) < 0.01);
    });
  });
}

test('--fast takes what the plain kernels take: one token, more dimensions, none, and the gradients of these', (t) => {
  tidy(() => {
    manualSeed(5);
    const layer = new Linear(32, 20);
    for (const shape of [[32], [2, 3, 32], [0, 32], [2, 0, 32]]) {
      const leaves = [zeros(shape).normal_(0, 1).requiresGrad_(), ...layer.parameters()];
      const plain = gradientsOf((input) => layer.forward(input), leaves);
      const fast = gradientsOf((input) => withKernels(fastKernels, () => layer.forward(input)), leaves);
      for (const [index, result] of fast.entries()) t.true(distance(result, plain[index]) < 1e-5);
      const forward = () => withKernels(fastKernels, () => layer.forward(leaves[0]));
      const prepacked = noGrad(() => withPrepacked(new PrepackedWeights(), forward));
      for (const output of [forward(), prepacked]) t.deepEqual(output.shape, layer.forward(leaves[0]).shape);
    }
    layer.dispose();
  });
});

test('--fast refuses what the plain kernels refuse', (t) => {
  tidy(() => {
    const layer = new Linear(3, 2);
    for (const input of [zeros([2, 4]), zeros([]), arange(3), zeros([2, 3], { dtype: 'float64' })]) {
      t.throws(() => layer.forward(input), { code: 'ERR_TORCH' });
      const forward = () => withKernels(fastKernels, () => layer.forward(input));
      t.throws(forward, { code: 'ERR_TORCH' });
      t.throws(() => noGrad(() => withPrepacked(new PrepackedWeights(), forward)), { code: 'ERR_TORCH' });
    }
    layer.dispose();
  });
});
