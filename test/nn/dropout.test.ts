import { Dropout } from '../../src/nn/dropout.js';
import { testLayer } from './layer-cases.js';

testLayer(
  'Dropout',
  ({ p = 0 }) => new Dropout(p),
  (layer, input) => layer.forward(input('input')),
);
