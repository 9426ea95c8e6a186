import test from 'ava';
import { cat, zeros } from '../../src/create.js';
import { withKernels } from '../../src/nn/kernels.js';
import { Linear, linearSideBySide } from '../../src/nn/linear.js';
import { manualSeed } from '../../src/random.js';
import { tidy } from '../../src/scope.js';
import type { Tensor } from '../../src/tensor.js';
import { distance, gradientsOf } from './gradients.js';
import { testLayer } from './layer-cases.js';

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
    const ours = gradientsOf((input) => linearSideBySide(input, layers), leaves);
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

// A thread computes the weight's gradient in blocks of 128 x 512, over 256 tokens at a time, in tiles of 32; the input's is a
// product with a weight that is transposed 64 columns at a time where they and 32 rows divide it. On processors with AVX2
// alone a thread multiplies up to 384 rows, 6 at a time, with panels of 16 columns.
for (const [tokens, inFeatures, outFeatures] of [
  [1, 1, 1],
  [7, 10, 2],
  [256, 64, 32],
  [40, 192, 160],
  [257, 33, 130],
  [300, 514, 96],
  [64, 520, 257],
  [779, 48, 36],
] as const) {
  const title = `${tokens} tokens, ${inFeatures} to ${outFeatures} features`;
  const layerAndLeaves = () => {
    manualSeed(5);
    const layer = new Linear(inFeatures, outFeatures);
    return {
      layer,
      leaves: [zeros([tokens, inFeatures]).normal_(0, 1).requiresGrad_(), ...layer.parameters()],
    };
  };

  test(`${title}: --fast gives what the plain kernels give, and its gradients`, (t) => {
    tidy(() => {
      const { layer, leaves } = layerAndLeaves();
      const fast = gradientsOf(
        (input) => withKernels({ fast: true, bf16: false }, () => layer.forward(input)),
        leaves,
      );
      const plain = gradientsOf((input) => layer.forward(input), leaves);
      for (const [index, result] of fast.entries()) t.true(distance(result, plain[index]) < 1e-4);
    });
  });

  test(`${title}: so does --bf16, but for its digits`, (t) => {
    tidy(() => {
      const { layer, leaves } = layerAndLeaves();
      const rounded = (a: Tensor) => a.to('bfloat16').to('float32');
      const half = gradientsOf(
        (input) =>
          withKernels({ fast: true, bf16: true }, () => layer.forward(input.to('bfloat16')).to('float32')),
        leaves,
      );
      // The output's gradient is rounded on its way back.
      const plain = gradientsOf((input) => rounded(layer.forward(rounded(input))), leaves);
      for (const [index, result] of half.entries()) {
        const wanted = plain[index] ?? new Float32Array();
        const largest = distance(wanted, new Float32Array(wanted.length));
        t.true(distance(result, wanted) < 0.01 * largest);
      }
    });
  });
}
