import { Linear } from '../../src/nn/linear.js';
import { testLayer } from './layer-cases.js';

testLayer(
  'Linear',
  ({ inFeatures = 0, outFeatures = 0 }) => new Linear(inFeatures, outFeatures),
  (layer, input) => layer.forward(input('input')),
);
