import test from 'ava';
import { tensor, zeros } from '../../src/create.js';
import { Dropout } from '../../src/nn/dropout.js';
import { withKernels } from '../../src/nn/kernels.js';
import { LayerNorm } from '../../src/nn/layer-norm.js';
import { manualSeed } from '../../src/random.js';
import { noGrad, tidy } from '../../src/scope.js';
import type { Tensor } from '../../src/tensor.js';
import { distance, gradientsOf, relativeDistance } from './gradients.js';
import { testLayer } from './layer-cases.js';

testLayer(
  'LayerNorm',
  ({ normalizedShape = 0, eps = 0 }) => new LayerNorm(normalizedShape, eps),
  (layer, input) => layer.forward(input('input')),
);

/** Rows and columns: 16 rows are computed together, 16 columns at a time, and 512 numbers of a mask are drawn at a time. */
const shapes = [
  [1, 1],
  [3, 7],
  [16, 32],
  [33, 100],
  [50, 256],
  [17, 771],
  [0, 12],
] as const;

/** A layer whose weight and bias differ, and what gets gradients from it: input and residual first. */
function layerAndLeaves(rows: number, width: number) {
  manualSeed(5);
  const layer = new LayerNorm(width, 1e-5);
  noGrad(() => {
    layer.weight.normal_(1, 0.5);
    layer.bias.normal_(0, 1);
  });
  const [input, residual] = [2, 1].map((std) => zeros([rows, width]).normal_(0.5, std).requiresGrad_());
  return { layer, leaves: [input, residual, ...layer.parameters()] };
}

const fastKernels = { fast: true, bf16: false };
const fastForward = (layer: LayerNorm, p: number) => (input: Tensor, residual: Tensor) =>
  withKernels(fastKernels, () => layer.forwardResidual(input, residual, new Dropout(p)));

for (const [rows, width] of shapes) {
  test(`${rows} rows of ${width}: --fast norms a residual as the plain kernels do, with their gradients`, (t) => {
    tidy(() => {
      const { layer, leaves } = layerAndLeaves(rows, width);
      const plain = gradientsOf((input, residual) => layer.forward(input.add(residual)), leaves);
      const fast = gradientsOf(fastForward(layer, 0), leaves);
      for (const [index, result] of fast.entries()) t.true(distance(result, plain[index]) < 1e-4);
      const without = noGrad(() => fastForward(layer, 0)(leaves[0], leaves[1])).toFloat32Array();
      t.is(distance(without, fast[0]), 0);
    });
  });
}

// Of no numbers, or one less itself, there are no digits.
for (const [rows, width] of shapes.filter(([rows, width]) => rows * width > 1)) {
  test(`${rows} rows of ${width}: so does --bf16, but for its digits`, (t) => {
    tidy(() => {
      const { layer, leaves } = layerAndLeaves(rows, width);
      const rounded = (a: Tensor) => a.to('bfloat16').to('float32');
      const forward = fastForward(layer, 0);
      const half = gradientsOf(
        (input, residual) => forward(input.to('bfloat16'), residual.to('bfloat16')).to('float32'),
        leaves,
      );
      const plain = gradientsOf(
        (input, residual) => rounded(layer.forward(rounded(input).add(rounded(residual)))),
        leaves,
      );
      for (const [index, result] of half.entries()) t.true(relativeDistance(result, plain[index]) < 0.02);
    });
  });
}

test('--fast drops of the input what its gradient drops, and scales the rest', (t) => {
  tidy(() => {
    const [rows, width, p] = [70, 300, 0.25];
    const { layer, leaves } = layerAndLeaves(rows, width);
    const [output, inputGrad, residualGrad] = gradientsOf((input, residual) => {
      manualSeed(8);
      return fastForward(layer, p)(input, residual);
    }, leaves);
    // A number that is kept passes its gradient on, scaled.
    const scale = 1 / (1 - p);
    const factors = inputGrad.map((value, index) => (value === 0 ? 0 : value / residualGrad[index]));
    for (const factor of factors) t.true(factor === 0 || Math.abs(factor - scale) < 1e-4);
    const kept = factors.filter((factor) => factor !== 0).length / factors.length;
    t.true(Math.abs(kept - (1 - p)) < 0.02, `${kept} kept`);
    const input = leaves[0]
      .toFloat32Array()
      .map((value, index) => (factors[index] === 0 ? 0 : value * scale));
    const plain = layer.forward(tensor(input, [rows, width]).add(leaves[1])).toFloat32Array();
    t.true(distance(output, plain) < 1e-4);
  });
});
