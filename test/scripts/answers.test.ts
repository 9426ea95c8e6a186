import test from 'ava';
import { countChangedAnswers, describeAnswers } from '../../scripts/bench/answers.js';
import { prepareFeatures } from '../../src/data/features.js';
import { readExamples } from '../../src/data/read-examples.js';
import { readVocab } from '../../src/data/tokenizer-files.js';
import { sample } from '../../src/data/sample.js';
import { modelKind } from '../../src/models/index.js';
import { manualSeed } from '../../src/random.js';

test('answers that other arithmetic changes are counted, and scored beside the default’s', async (t) => {
  const kind = modelKind('bert-mini');
  const tokenizer = await readVocab(sample.vocabFile);
  const examples = (await readExamples(sample.validationFile)).examples.slice(0, 40);
  const settings = { maxSeqLength: 96, docStride: 32, perDeviceEvalBatchSize: 8 };
  const features = prepareFeatures(examples, tokenizer, settings);
  manualSeed(1);
  const model = kind.create(kind.preset(tokenizer.vocabulary.length));
  const [usual, ...others] = await countChangedAnswers(model, examples, features, settings);
  t.is(usual.changed, 0);
  t.is(usual.questions, 40);
  t.deepEqual(
    others.map(({ variant }) => variant),
    ['fast', 'bf16'],
  );
  // Logits of random weights lie close together: padding, which --fast has none of, is among the best, and the last bits
  // of bfloat16 decide.
  for (const { changed } of others) t.true(changed > 0);
});

test('a line says how many, and what they score', (t) => {
  const one = { variant: 'default', questions: 1000, changed: 0, exact_match: 60, f1: 70.5 };
  t.is(
    describeAnswers([one, { ...one, variant: 'fast', changed: 3, f1: 70.25 }]),
    '--fast changes 3 of 1,000 answers: EM 60.00, F1 70.25 where the default has EM 60.00, F1 70.50.\n',
  );
});
