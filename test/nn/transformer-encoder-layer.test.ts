import test from 'ava';
import { zeros } from '../../src/create.js';
import { TransformerEncoderLayer } from '../../src/nn/transformer-encoder-layer.js';
import { tidy } from '../../src/scope.js';
import { testLayer } from './layer-cases.js';

testLayer(
  'TransformerEncoderLayer',
  ({ dModel = 0, nhead = 0, ...options }) => new TransformerEncoderLayer(dModel, nhead, options),
  (layer, input) => layer.forward(input('src'), input('src_mask').to('bool')),
);

test('heads that do not divide the width are refused', (t) => {
  for (const heads of [0, -2, 3, 1.6, NaN]) {
    t.throws(() => new TransformerEncoderLayer(8, heads), {
      code: 'ERR_CONFIG',
      message: /heads that divides the width of 8, got/,
    });
  }
});

test('a batch of nothing gives nothing', (t) => {
  tidy(() => {
    const layer = new TransformerEncoderLayer(8, 2);
    for (const shape of [
      [0, 2, 8],
      [3, 0, 8],
    ]) {
      t.deepEqual(layer.forward(zeros(shape)).shape, shape);
    }
    layer.dispose();
  });
});
