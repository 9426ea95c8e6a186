import test from 'ava';
import { tensor } from '../../src/create.js';
import { groupByRow } from '../../src/data/row-groups.js';
import { Embedding } from '../../src/nn/embedding.js';
import { tidy } from '../../src/scope.js';
import { onEveryDevice } from '../fixture.js';

onEveryDevice((device) => {
  for (const paddingIdx of [null, 2]) {
    test(`${device}: summed by groups, a table's gradient is that of its rows, padding ${paddingIdx ?? 'none'}`, (t) => {
      const indices = Int32Array.of(3, 0, 3, 2, 4, 3, 0, 0, 0);
      // The last two only fill up: their gradients are zeros.
      const { order, starts, rows } = groupByRow(indices, 7);
      const upstream = Float32Array.from({ length: 9 * 4 }, (_, index) => (index < 7 * 4 ? index + 1 : 0));
      const gradientOf = (grouped: boolean) =>
        tidy(() => {
          const layer = new Embedding(6, 4, paddingIdx);
          layer.to(device);
          const here = (array: Int32Array) => tensor(array, undefined, { device });
          const groups = grouped ? { order: here(order), starts: here(starts), rows: here(rows) } : undefined;
          const output = layer.forward(here(indices), groups);
          output
            .mul(tensor(upstream, [9, 4], { device }))
            .sum()
            .backward();
          return layer.weight.grad?.toFloat32Array();
        });
      t.deepEqual(gradientOf(true), gradientOf(false));
    });
  }
});

test('groups of tokens that are not there are refused', (t) => {
  tidy(() => {
    const layer = new Embedding(3, 2);
    const [order, rows] = [tensor(Int32Array.of(0, 1)), tensor(Int32Array.of(1))];
    for (const starts of [Int32Array.of(0, 1000), Int32Array.of(-9, 2)]) {
      t.throws(() => layer.forward(order, { order, starts: tensor(starts), rows }), {
        message: /expected groups of the 2 tokens/,
      });
    }
    layer.dispose();
  });
});
