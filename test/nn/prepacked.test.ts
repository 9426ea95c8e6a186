import test from 'ava';
import { tensor } from '../../src/create.js';
import { withKernels } from '../../src/nn/kernels.js';
import { Linear } from '../../src/nn/linear.js';
import { PrepackedWeights, withPrepacked } from '../../src/nn/prepacked.js';
import { liveTensors, noGrad, tidy } from '../../src/scope.js';

/** A layer of one weight, 3, in a forward pass with what was prepacked. */
function layerOf(prepacked: PrepackedWeights) {
  const layer = new Linear(1, 1);
  const set = (value: number) => {
    noGrad(() => {
      layer.weight.fill_(value);
      layer.bias.fill_(0);
    });
  };
  set(3);
  const forward = () =>
    tidy(() => {
      const pass = () => layer.forward(tensor([2], [1, 1]));
      return noGrad(() =>
        withPrepacked(prepacked, () => withKernels({ fast: true, bf16: false }, pass)),
      ).item();
    });
  return { layer, set, forward };
}

test.serial('what was made of weights is freed by dispose() alone, and made anew after it', (t) => {
  const before = liveTensors();
  const prepacked = new PrepackedWeights();
  const { layer, set, forward } = layerOf(prepacked);
  const parameters = liveTensors();
  t.is(forward(), 6);
  const made = liveTensors();
  t.true(made > parameters);
  t.is(forward(), 6);
  t.is(liveTensors(), made);
  prepacked.dispose();
  t.is(liveTensors(), parameters);
  set(4);
  t.is(forward(), 8);
  prepacked.dispose();
  layer.dispose();
  t.is(liveTensors(), before);
});

test('each owner has its own', (t) => {
  tidy(() => {
    const prepacked = new PrepackedWeights();
    const [one, two] = [layerOf(prepacked), layerOf(prepacked)];
    two.set(5);
    t.deepEqual([one.forward(), two.forward(), one.forward()], [6, 10, 6]);
    prepacked.dispose();
  });
});

test('what fails leaves nothing behind', (t) => {
  tidy(() => {
    const prepacked = new PrepackedWeights();
    const owner = {};
    t.throws(
      () =>
        prepacked.of(owner, () => {
          throw new Error('no memory');
        }),
      { message: 'no memory' },
    );
    t.deepEqual(
      prepacked.of(owner, () => []),
      [],
    );
  });
});
