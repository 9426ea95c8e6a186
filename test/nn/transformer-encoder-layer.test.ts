import { TransformerEncoderLayer } from '../../src/nn/transformer-encoder-layer.js';
import { testLayer } from './layer-cases.js';

testLayer(
  'TransformerEncoderLayer',
  ({ dModel = 0, nhead = 0, ...options }) => new TransformerEncoderLayer(dModel, nhead, options),
  (layer, input) => layer.forward(input('src'), input('src_mask').to('bool')),
);
