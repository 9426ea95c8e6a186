import { createHash } from 'node:crypto';
import test from 'ava';
import { zeros } from '../../src/create.js';
import { Linear } from '../../src/nn/linear.js';
import { manualSeed } from '../../src/random.js';
import { tidy } from '../../src/scope.js';
import type { Tensor } from '../../src/tensor.js';

for (const [layout, ...shape] of [
  ['rows', 3, 7, 64],
  ['rows', 12, 384, 256],
  ['rows', 40, 64],
  ['columns', 12, 384, 256],
  ['columns', 7, 17],
] as const) {
  test(`a linear layer of GELU's output, [${shape.join(', ')}], has the bits of both, and so have its gradients, its weight by ${layout}`, (t) => {
    tidy(() => {
      manualSeed(5);
      const linear = new Linear(shape.at(-1) ?? 0, 48);
      if (layout === 'columns') linear.weight.layByColumns();
      const input = zeros(shape).normal_(0, 2).requiresGrad_();
      const weight = zeros([...shape.slice(0, -1), 48]).normal_(0, 1);
      const bitsOf = (forward: (x: Tensor) => Tensor) => {
        const leaves = [input, linear.weight, linear.bias];
        for (const leaf of leaves) leaf.clearGrad();
        const output = forward(input);
        output.mul(weight).sum().backward();
        return [output, ...leaves.map((leaf) => leaf.grad as Tensor)].map((result) =>
          createHash('sha256').update(result.toFloat32Array()).digest('hex'),
        );
      };
      t.deepEqual(
        bitsOf((x) => linear.forwardActivated(x, 'gelu')),
        bitsOf((x) => linear.forward(x.gelu())),
      );
    });
  });
}
