import test from 'ava';
import { tensor } from '../../src/create.js';
import { Embedding } from '../../src/nn/embedding.js';
import { tidy } from '../../src/scope.js';
import { testLayer } from './layer-cases.js';

testLayer(
  'Embedding',
  ({ numEmbeddings = 0, embeddingDim = 0, paddingIdx }) =>
    new Embedding(numEmbeddings, embeddingDim, paddingIdx ?? null),
  (layer, input) => layer.forward(input('input')),
);

test('a padding row is counted from the last where it is negative, as in Python', (t) => {
  tidy(() => {
    const layer = new Embedding(3, 2, -1);
    layer
      .forward(tensor(Int32Array.of(1, 2)))
      .sum()
      .backward();
    t.deepEqual([...layer.weight.narrow(0, 2, 1).toFloat32Array()], [0, 0]);
    t.deepEqual([...(layer.weight.grad?.toFloat32Array() ?? [])], [0, 0, 1, 1, 0, 0]);
    layer.dispose();
  });
});
