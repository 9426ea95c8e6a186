import { parseBertConfig } from '../../src/nn/bert-config.js';
import { BertModel } from '../../src/nn/bert.js';
import { testLayer } from './layer-cases.js';

testLayer(
  'BertModel',
  (options) => new BertModel(parseBertConfig(options, 'the fixture')),
  (layer, input) => layer.forward(input('input_ids'), input('attention_mask'), input('token_type_ids')),
);
