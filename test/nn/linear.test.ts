import test from 'ava';
import { cat, zeros } from '../../src/create.js';
import { Linear, linearSideBySide } from '../../src/nn/linear.js';
import { manualSeed } from '../../src/random.js';
import { tidy } from '../../src/scope.js';
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
