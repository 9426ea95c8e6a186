import { Embedding } from '../../src/nn/embedding.js';
import { testLayer } from './layer-cases.js';

testLayer(
  'Embedding',
  ({ numEmbeddings = 0, embeddingDim = 0, paddingIdx }) =>
    new Embedding(numEmbeddings, embeddingDim, paddingIdx ?? null),
  (layer, input) => layer.forward(input('input')),
);
