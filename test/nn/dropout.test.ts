import test from 'ava';
import { ones } from '../../src/create.js';
import { Dropout } from '../../src/nn/dropout.js';
import { withKernels } from '../../src/nn/kernels.js';
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
