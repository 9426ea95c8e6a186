import test from 'ava';
import { prepareFeatures } from '../../src/data/features.js';
import { parseSquad } from '../../src/data/squad.js';
import { BertTokenizer } from '../../src/data/tokenizer.js';
import { evaluate } from '../../src/evaluate/evaluate.js';
import { train } from '../../src/train/loop.js';
import { Comparison } from '../fixture.js';
import {
  fixture,
  nameOf,
  options,
  preparation,
  tinyModel,
  trainFeatures,
  validationFeatures,
} from './runs.js';

// The notebook from SQuAD JSON to the score, against scripts/reference/notebook.py: windows and labels, and after
// forty steps of training every predicted text, EM and F1.

// What an uncased BERT's tokenizer does.
const everyStep = { cleanText: true, handleChineseChars: true, stripAccents: true, lowercase: true };
const tokenizer = new BertTokenizer(fixture.vocabulary, everyStep, 'the fixture');

test('windows and labels are those of prepare_train_features and prepare_validation_features', (t) => {
  for (const [json, expected, labelled] of [
    [fixture.train, trainFeatures, true],
    [fixture.validation, validationFeatures, false],
  ] as const) {
    const features = prepareFeatures(parseSquad(json, 'the fixture').examples, tokenizer, preparation);
    t.is(features.length, expected.length);
    for (const [index, { inputIds, contextStart, startPosition, endPosition }] of expected.entries()) {
      const feature = features[index];
      t.deepEqual(feature.inputIds, inputIds);
      t.is(feature.contextStart, contextStart);
      if (labelled) t.deepEqual([feature.startPosition, feature.endPosition], [startPosition, endPosition]);
    }
  }
});

for (const run of fixture.runs) {
  test.serial(`${run.model}, trained and evaluated, answers as Python's does`, async (t) => {
    const compare = new Comparison(t, fixture.recorded);
    const [training, validation] = [fixture.train, fixture.validation].map((json) => {
      const { examples } = parseSquad(json, 'the fixture');
      return { examples, features: prepareFeatures(examples, tokenizer, preparation) };
    });
    const model = tinyModel(run.model);
    for await (const line of train(model, training.features, options, nameOf))
      t.true(Number.isFinite(line.loss));
    const evaluation = await evaluate(model, validation.examples, validation.features, {
      maxSeqLength: options.maxSeqLength,
      perDeviceEvalBatchSize: options.perDeviceTrainBatchSize,
      device: 'cpu',
      nBestSize: 20,
      maxAnswerLength: 30,
    });
    model.dispose();
    // Logits that differ in the last bits may rank two near answers the other way round.
    if (!compare.exact) return;
    t.deepEqual(Object.fromEntries(evaluation.predictions), run.predictions);
    t.deepEqual({ ...evaluation.metrics }, run.score);
  });
}
