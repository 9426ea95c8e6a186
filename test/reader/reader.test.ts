import { rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import test from 'ava';
import type { Example } from '../../src/data/examples.js';
import { prepareFeatures } from '../../src/data/features.js';
import { readExamples } from '../../src/data/read-examples.js';
import { sample } from '../../src/data/sample.js';
import { readTokenizer } from '../../src/data/tokenizer-files.js';
import { postprocessPredictions } from '../../src/evaluate/postprocess.js';
import { predictLogits } from '../../src/evaluate/predict.js';
import { loadModel } from '../../src/models/folder.js';
import { modelNames } from '../../src/models/index.js';
import { Reader } from '../../src/reader/reader.js';
import type { ReaderAnswer } from '../../src/reader/types.js';
import { temporaryFolder } from '../cli/run.js';
import { tinyPreparation, writeTinyModel } from './tiny-model.js';

const folder = temporaryFolder();
const tiny = join(folder, 'tiny');
/** Contexts of one window and of many. */
let mixed: readonly Example[] = [];

test.before(async () => {
  await writeTinyModel(tiny);
  const { examples } = await readExamples(sample.validationFile);
  mixed = examples.slice(0, 24).map((example, index) => {
    const copies = index % 3 === 0 ? 6 : 1;
    return { ...example, context: Array.from({ length: copies }, () => example.context).join('\n') };
  });
});

/** What the parts of `qa-native eval` answer, one window at a time, so that there is no padding. */
async function evaluated(dir: string): Promise<ReaderAnswer[]> {
  const { model } = await loadModel(dir);
  const features = prepareFeatures(mixed, await readTokenizer(dir), tinyPreparation);
  const logits = { start: [] as Float32Array[], end: [] as Float32Array[] };
  for (const feature of features) {
    const { start, end } = await predictLogits(model, [feature], {
      maxSeqLength: feature.inputIds.length,
      perDeviceEvalBatchSize: 1,
      device: 'cpu',
    });
    logits.start.push(...start);
    logits.end.push(...end);
  }
  model.dispose();
  const { nbest } = postprocessPredictions(mixed, features, logits);
  return mixed.flatMap(({ id }) => nbest.get(id)?.[0] ?? []);
}

for (const [name, fast] of modelNames.flatMap((name) => [[name, false] as const, [name, true] as const])) {
  const title = `${name}${fast ? ', fast' : ''}`;
  test(`${title}: many questions at once, over contexts of any length, are answered as evaluation does`, async (t) => {
    const dir = name === 'bert-mini' ? tiny : await writeTinyModel(join(folder, title), name);
    await using reader = await Reader.load(dir, { batchSize: 5, fast });
    const answers = await Promise.all(mixed.map(({ question, context }) => reader.answer(question, context)));
    const expected = await evaluated(dir);
    t.is(answers.length, expected.length);
    answers.forEach(({ text, start, end, score, probability }, index) => {
      const wanted = expected[index];
      t.deepEqual({ text, start, end }, { text: wanted.text, start: wanted.start, end: wanted.end });
      t.is(mixed[index].context.slice(start, end), text);
      t.true(Math.abs(score - wanted.score) < 1e-4);
      // Evaluation counts a span twice that two windows share.
      if (index % 3 > 0) t.true(Math.abs(probability - wanted.probability) < 1e-4);
    });
    t.is(reader.pending, 0);
  });
}

test('topK answers come best first, and their texts are parts of the context in every script', async (t) => {
  await using reader = await Reader.load(tiny);
  const contexts = [
    'Åsa och Öyvind grundade Växjö, sade 😀 den gamla 𝒜rkivarien.',
    'Пётр основал город на Неве в 1703 году. Ёлки зелёные!',
    '東京は日本の首都です。人口は約1400万人。',
    'تأسست المدينة عام ١٥١٢ على يد آدا.',
    'दिल्ली भारत की राजधानी है।',
    '서울은 대한민국의 수도이다.',
    "L'été, e\u0301te\u0301, ﬁn de siècle: \u0000\u200b<b>İstanbul</b>",
    'ไทยมีกรุงเทพเป็นเมืองหลวง \ud800 alone',
  ];
  for (const context of contexts) {
    const answers = await reader.answer('Who founded it? 😀', context.repeat(30), { topK: 40 });
    t.true(answers.length > 1);
    t.is(new Set(answers.map(({ start, end }) => `${start}:${end}`)).size, answers.length);
    answers.forEach(({ text, start, end, score }, rank) => {
      t.is(context.repeat(30).slice(start, end), text);
      t.true(rank === 0 || score <= answers[rank - 1].score);
    });
    const probabilities = answers.reduce((sum, { probability }) => sum + probability, 0);
    t.true(probabilities > 0.99 && probabilities < 1.01);
  }
});

test('maxAnswerLength counts tokens, and an empty context has the empty answer', async (t) => {
  await using reader = await Reader.load(tiny);
  const context = 'one two three four five six';
  for (const { text } of await reader.answer('how many?', context, { topK: 10, maxAnswerLength: 1 })) {
    t.regex(text, /^\w+$/);
  }
  t.deepEqual(await reader.answer('why?', ''), { text: '', start: 0, end: 0, score: 0, probability: 1 });
});

test('whoever does not know whether topK is given gets an answer or a list', async (t) => {
  await using reader = await Reader.load(tiny);
  const ask = (options?: { readonly topK?: number }) => reader.answer('who?', 'Ada did.', options);
  t.false(Array.isArray(await ask()));
  t.false(Array.isArray(await ask({})));
  t.true(Array.isArray(await ask({ topK: 2 })));
});

test('answers are as many as are not too long together, however long each is', async (t) => {
  await using reader = await Reader.load(tiny);
  const word = (index: number) => `${'x'.repeat(1_000)}${index}`;
  const context = Array.from({ length: 40 }, (_, index) => word(index)).join(' ');
  const options = { topK: 1000, maxAnswerLength: 40 };
  const lengths = (await reader.answer('who?', context, options)).map(({ text }) => text.length);
  const sum = lengths.reduce((total, length) => total + length, 0);
  t.true(lengths.length > 1 && sum <= 100_000 && sum > 0, `${lengths.length} answers of ${sum} characters`);
  const one = 'x'.repeat(200_000);
  t.is((await reader.answer('who?', one, options))[0].text, one);
});

test('with nullAnswer the empty text competes with the spans, as [CLS] scores', async (t) => {
  await using reader = await Reader.load(tiny);
  const { question, context } = mixed[1];
  const options = { topK: 21, nullAnswer: true };
  const [plain, withNull] = await Promise.all([
    reader.answer(question, context, { topK: 20 }),
    reader.answer(question, context, options),
  ]);
  t.false(plain.some(({ text }) => text === ''));
  const nulls = withNull.filter(({ text }) => text === '');
  t.is(nulls.length, 1);
  t.deepEqual([nulls[0].start, nulls[0].end], [0, 0]);
  t.true(withNull.reduce((sum, { probability }) => sum + probability, 0) < 1 + 1e-6);
  const [only, ...others] = await reader.answer(question, '', options);
  t.like(only, { text: '', probability: 1 });
  t.deepEqual(others, []);
});

test('read gives every token of the context once, with its scores', async (t) => {
  await using reader = await Reader.load(tiny);
  const { question, context } = mixed[0];
  const { answers, scores, windows, timings } = await reader.read(question, context, { scores: true });
  t.true(windows > 1);
  t.true(timings.waited >= 0 && timings.computed > 0);
  const { offsets } = (await readTokenizer(tiny)).encode(context);
  t.deepEqual(scores?.offsets, offsets);
  const [{ start, end, score }] = answers;
  const first = offsets.findIndex((offset, index) => index % 2 === 0 && offset === start) / 2;
  const last = (offsets.findIndex((offset, index) => index % 2 === 1 && offset === end) - 1) / 2;
  // The best of each token's windows is at least that of the answer's.
  t.true((scores?.startLogits[first] ?? NaN) + (scores?.endLogits[last] ?? NaN) >= score - 1e-4);
  t.true(scores?.startLogits.every(Number.isFinite) === true && scores.endLogits.every(Number.isFinite));
  t.is((await reader.read(question, context)).scores, undefined);
});

test('a folder of Hugging Face opens with tokenizer.json as with vocab.txt; case counts where it says so', async (t) => {
  const [fast, cased] = [
    await writeTinyModel(join(folder, 'fast')),
    await writeTinyModel(join(folder, 'cased')),
  ];
  const { vocabulary } = await readTokenizer(tiny);
  const vocab = Object.fromEntries(vocabulary.map((token, id) => [token, id]));
  const tokenizer = {
    model: { type: 'WordPiece', vocab },
    normalizer: { type: 'BertNormalizer' },
    pre_tokenizer: { type: 'BertPreTokenizer' },
    post_processor: {
      type: 'BertProcessing',
      sep: ['[SEP]', vocab['[SEP]']],
      cls: ['[CLS]', vocab['[CLS]']],
    },
  };
  writeFileSync(join(fast, 'tokenizer.json'), JSON.stringify(tokenizer));
  rmSync(join(fast, 'vocab.txt'));
  writeFileSync(join(cased, 'tokenizer_config.json'), '{"do_lower_case": false}');

  const { question, context } = mixed[1];
  const [plain, ofFast, ofCased, ofCasedLowered] = await Promise.all(
    [
      { dir: tiny, text: context },
      { dir: fast, text: context },
      { dir: cased, text: context },
      { dir: cased, text: context.toLowerCase() },
    ].map(async ({ dir, text }) => {
      await using reader = await Reader.load(dir);
      const asked = dir === cased ? question.toLowerCase() : question;
      return (await reader.answer(asked, text)).score;
    }),
  );
  t.is(ofFast, plain);
  t.not(ofCased, plain);
  t.is(ofCasedLowered, plain);
});
