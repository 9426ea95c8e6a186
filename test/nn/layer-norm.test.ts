import { LayerNorm } from '../../src/nn/layer-norm.js';
import { testLayer } from './layer-cases.js';

testLayer(
  'LayerNorm',
  ({ normalizedShape = 0, eps = 0 }) => new LayerNorm(normalizedShape, eps),
  (layer, input) => layer.forward(input('input')),
);
