import test from 'ava';
import { ones } from '../../src/create.js';
import { Dropout } from '../../src/nn/dropout.js';
import { withKernels } from '../../src/nn/kernels.js';
import { manualSeed } from '../../src/random.js';
import { tidy } from '../../src/scope.js';
import { testLayer } from './layer-cases.js';

testLayer(
  'Dropout',
  ({ p = 0 }) => new Dropout(p),
  (layer, input) => layer.forward(input('input')),
);

const fast = { fast: true, bf16: false };

test('--fast drops of float64 as the plain kernels do', (t) => {
  tidy(() => {
    const dropped = withKernels(fast, () => new Dropout(0.5).forward(ones([400], { dtype: 'float64' })));
    t.is(dropped.dtype, 'float64');
    t.deepEqual(new Set(Array.from(dropped.toArray(), Number)), new Set([0, 2]));
  });
});

for (const dtype of ['float32', 'bfloat16'] as const) {
  test(`--fast drops its share of the numbers, and of the gradient the same, and scales the rest: ${dtype}`, (t) => {
    tidy(() => {
      const [count, p] = [20_001, 0.25];
      const scale = 1 / (1 - p);
      const input = ones([count]).requiresGrad_();
      manualSeed(8);
      const output = withKernels(fast, () => new Dropout(p).forward(input.to(dtype))).to('float32');
      const factors = output.toFloat32Array();
      const kept = factors.filter((factor) => factor !== 0);
      t.true(Math.abs(kept.length / count - (1 - p)) < 0.02, `${kept.length} of ${count} kept`);
      for (const factor of kept) t.true(Math.abs(factor - scale) < (dtype === 'float32' ? 1e-6 : 0.01));
      output.sum().backward();
      t.deepEqual(input.grad?.toFloat32Array(), factors);
    });
  });
}

test('what is no probability is refused, with --fast too', (t) => {
  tidy(() => {
    for (const p of [-0.5, 2, NaN]) {
      for (const kernels of [fast, { fast: false, bf16: false }]) {
        t.throws(() => withKernels(kernels, () => new Dropout(p).forward(ones([3]))), {
          message: /probability has to be between 0 and 1/,
        });
      }
    }
  });
});
