import test from 'ava';
import { describeLoad } from '../../src/models/load-report.js';

test('a checkpoint that met the model in all is no news', (t) => {
  t.deepEqual(describeLoad({ missing: [], unexpected: [] }, 'Model', 'here'), []);
});

test('names stand as transformers 4.46.3 prints them', (t) => {
  const report = {
    missing: ['qa_outputs.weight', 'qa_outputs.bias'],
    unexpected: ['pooler.dense.weight', 'pooler.dense.bias'],
  };
  t.deepEqual(describeLoad(report, 'BertForQuestionAnswering', 'some/model'), [
    "Some weights of the model checkpoint at some/model were not used when initializing BertForQuestionAnswering: ['pooler.dense.bias', 'pooler.dense.weight']",
    "Some weights of BertForQuestionAnswering were not initialized from the model checkpoint at some/model and are newly initialized: ['qa_outputs.bias', 'qa_outputs.weight']",
  ]);
});
