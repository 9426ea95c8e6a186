import test from 'ava';
import { LstmForQuestionAnswering, type LstmConfig } from '../../src/models/lstm.js';
import { testModel } from './model-cases.js';

testModel('lstm', (options) => new LstmForQuestionAnswering(options as unknown as LstmConfig));

test("the notebook's LSTM has 28,167,170 parameters", (t) => {
  const model = new LstmForQuestionAnswering({ vocab_size: 30522, dim: 768 });
  t.is(model.numParameters(), 28_167_170);
  model.dispose();
});
