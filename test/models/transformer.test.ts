import test from 'ava';
import { TransformerForQuestionAnswering, type TransformerConfig } from '../../src/models/transformer.js';
import { testModel } from './model-cases.js';

testModel(
  'transformer',
  (options) => new TransformerForQuestionAnswering(options as unknown as TransformerConfig),
);

test("the notebook's Transformer has 28,956,418 parameters", (t) => {
  const model = new TransformerForQuestionAnswering({ vocab_size: 30522, dim: 768, num_heads: 12 });
  t.is(model.numParameters(), 28_956_418);
  model.dispose();
});
