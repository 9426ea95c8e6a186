import test from 'ava';
import { ones, zeros } from '../../src/create.js';
import { bertMiniConfig, parseBertConfig } from '../../src/nn/bert-config.js';
import { BertModel } from '../../src/nn/bert.js';
import { liveTensors, tidy } from '../../src/scope.js';
import { testLayer } from './layer-cases.js';

testLayer(
  'BertModel',
  (options) => new BertModel(parseBertConfig(options, 'the fixture')),
  (layer, input) => layer.forward(input('input_ids'), input('attention_mask'), input('token_type_ids')),
);

test('of a layer nothing outlives its forward pass but its output and what gradients need', (t) => {
  tidy(() => {
    const handlesOf = (layers: number) =>
      tidy(() => {
        const config = { ...bertMiniConfig, vocab_size: 20, hidden_size: 32, num_attention_heads: 2 };
        const model = new BertModel({ ...config, num_hidden_layers: layers });
        const ids = ones([2, 5], { dtype: 'int64' });
        const before = liveTensors();
        const output = model.forward(ids, ids, zeros([2, 5], { dtype: 'int64' }));
        const handles = liveTensors() - before;
        output.sum().backward();
        return handles;
      });
    t.is(handlesOf(5) - handlesOf(2), 3);
  });
});
