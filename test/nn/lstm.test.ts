import test from 'ava';
import { ones, tensor } from '../../src/create.js';
import { LSTM } from '../../src/nn/lstm.js';
import { tidy } from '../../src/scope.js';
import { testLayer } from './layer-cases.js';

testLayer(
  'LSTM',
  ({ inputSize = 0, hiddenSize = 0 }) => new LSTM(inputSize, hiddenSize),
  (layer, input) => layer.forward(input('x'), input('lengths')),
);

test('an input of another width, or of other lengths, is refused', (t) => {
  tidy(() => {
    const layer = new LSTM(2, 3);
    // Rows of one length are oneDNN's, which reads the weights by the input's width.
    t.throws(() => layer.forward(ones([2, 4, 5]), tensor(Int32Array.of(4, 4))), {
      code: 'ERR_TENSOR_SHAPE',
      message: /input of 2 features, got one of shape \[2, 4, 5\]/,
    });
    t.throws(() => layer.forwardPacked(ones([3, 4]), [1, 2]), { code: 'ERR_TENSOR_SHAPE' });
    for (const lengths of [[2, 3], [1, 1], [NaN, 3], []]) {
      t.throws(() => layer.forwardPacked(ones([3, 2]), lengths), {
        code: 'ERR_TENSOR_SHAPE',
        message: /rows of 3 tokens in all/,
      });
    }
    layer.dispose();
  });
});
