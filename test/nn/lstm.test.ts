import { LSTM } from '../../src/nn/lstm.js';
import { testLayer } from './layer-cases.js';

testLayer(
  'LSTM',
  ({ inputSize = 0, hiddenSize = 0 }) => new LSTM(inputSize, hiddenSize),
  (layer, input) => layer.forward(input('x'), input('lengths')),
);
