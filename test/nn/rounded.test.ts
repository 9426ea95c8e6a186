import test from 'ava';
import { tensor } from '../../src/create.js';
import { native } from '../../src/native.js';
import { Parameter } from '../../src/nn/module.js';
import { tidy } from '../../src/scope.js';
import { Tensor } from '../../src/tensor.js';

test('parameters rounded all at once are each rounded, and each has its gradient, in float32', (t) => {
  tidy(() => {
    const numbers = [[1.001, -2.5, 3e-5], [7.77]];
    const parameters = numbers.map((values) => new Parameter(tensor(Float32Array.from(values))));
    const all = native.roundAll(parameters.map(({ handle }) => handle)).map((handle) => new Tensor(handle));
    for (const [index, value] of all.entries()) {
      t.is(value.dtype, 'bfloat16');
      t.deepEqual(value.toFloat32Array(), parameters[index].to('bfloat16').toFloat32Array());
    }
    all
      .map((value, index) =>
        value
          .to('float32')
          .mul(index + 3)
          .sum(),
      )
      .reduce((a, b) => a.add(b))
      .backward();
    t.deepEqual(
      parameters.map(({ grad }) => [grad?.dtype, ...(grad?.toArray() ?? [])]),
      [
        ['float32', 3, 3, 3],
        ['float32', 4],
      ],
    );
    for (const parameter of parameters) parameter.dispose();
  });
});
