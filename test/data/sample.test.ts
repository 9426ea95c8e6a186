import { readFileSync } from 'node:fs';
import { basename } from 'node:path';
import test from 'ava';
import { sampleFiles } from '../../scripts/make-sample.js';
import { prepareFeatures } from '../../src/data/features.js';
import { sample } from '../../src/data/sample.js';
import { readExamples } from '../../src/data/read-examples.js';
import { readVocab } from '../../src/data/tokenizer-files.js';

const { trainFile, validationFile, vocabFile } = sample;

test('the committed files are what the generator writes', (t) => {
  for (const path of [trainFile, validationFile, vocabFile]) {
    t.is(readFileSync(path, 'utf8'), sampleFiles()[basename(path)]);
  }
});

test('questions have ids of their own and answers at their offsets, and held-out paragraphs are new', async (t) => {
  const [train, validation] = await Promise.all([readExamples(trainFile), readExamples(validationFile)]);
  t.is(train.examples.length, 2400);
  t.is(validation.examples.length, 400);
  t.deepEqual([...train.misplaced, ...validation.misplaced], []);
  const ids = [...train.examples, ...validation.examples].map(({ id }) => id);
  t.is(new Set(ids).size, ids.length);
  const seen = new Set(train.examples.map(({ context }) => context));
  t.false(validation.examples.some(({ context }) => seen.has(context)));
});

test('the question matters: those of one paragraph have different answers', async (t) => {
  const { examples } = await readExamples(trainFile);
  const byContext = new Map<string, (string | undefined)[]>();
  for (const { context, answers } of examples) {
    byContext.set(context, [...(byContext.get(context) ?? []), answers[0]?.text]);
  }
  t.is(byContext.size, 600);
  for (const [context, answers] of byContext) t.is(new Set(answers).size, answers.length, context);
});

test('every token is known, and one window holds each paragraph', async (t) => {
  const tokenizer = await readVocab(vocabFile);
  for (const file of [trainFile, validationFile]) {
    const { examples } = await readExamples(file);
    const features = prepareFeatures(examples, tokenizer, sample.settings);
    t.is(features.length, examples.length);
    t.false(features.some(({ inputIds }) => inputIds.includes(tokenizer.unkTokenId)));
  }
});
