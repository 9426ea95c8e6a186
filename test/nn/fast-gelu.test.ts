import test from 'ava';
import { tensor } from '../../src/create.js';
import { native } from '../../src/native.js';
import { tidy } from '../../src/scope.js';
import { Tensor } from '../../src/tensor.js';
import { distance, gradientsOf } from './gradients.js';

const fastGelu = (x: Tensor) => new Tensor(native.fastGelu(x.handle));

/** Numbers from -15 to 15, more than two pieces of them. */
const numbers = () => tensor(Float32Array.from({ length: 10_001 }, (_, index) => 0.003 * index - 15));

test("GELU of --fast and its gradient are PyTorch's to six digits", (t) => {
  tidy(() => {
    const leaves = [numbers().detach().requiresGrad_()];
    const ours = gradientsOf(fastGelu, leaves);
    const theirs = gradientsOf((x) => x.gelu(), leaves);
    for (const [index, result] of ours.entries()) t.true(distance(result, theirs[index]) < 2e-6);
  });
});

test('so are they in bfloat16, rounded', (t) => {
  tidy(() => {
    const leaves = [numbers().to('bfloat16').to('float32').detach().requiresGrad_()];
    const ours = gradientsOf((x) => fastGelu(x.to('bfloat16')).to('float32'), leaves);
    const theirs = gradientsOf((x) => x.gelu(), leaves);
    ours.forEach((result, index) => {
      result.forEach((value, at) => {
        const wanted = theirs[index]?.[at] ?? NaN;
        if (Math.abs(value - wanted) > 0.01 * Math.abs(wanted) + 1e-6)
          t.fail(`${value} for ${wanted} at ${at}`);
      });
    });
    t.is(ours.length, 2);
  });
});

test('it passes on what is not a number', (t) => {
  tidy(() => {
    const [nan, infinity] = fastGelu(tensor([NaN, Infinity])).toFloat32Array();
    t.is(nan, NaN);
    t.is(infinity, Infinity);
  });
});
