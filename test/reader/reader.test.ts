import { readFileSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import test from 'ava';
import type { Example } from '../../src/data/examples.js';
import { prepareFeatures } from '../../src/data/features.js';
import { readExamples } from '../../src/data/read-examples.js';
import { sample } from '../../src/data/sample.js';
import { readTokenizer } from '../../src/data/tokenizer-files.js';
import { QaError } from '../../src/errors.js';
import { postprocessPredictions } from '../../src/evaluate/postprocess.js';
import { predictLogits } from '../../src/evaluate/predict.js';
import { readSafetensors, writeSafetensors } from '../../src/formats/safetensors.js';
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

/** Why a promise was rejected; nothing where it was not. */
function reasonOf(outcome: PromiseSettledResult<unknown>): string {
  return outcome.status === 'rejected' && outcome.reason instanceof Error ? outcome.reason.message : '';
}

for (const name of modelNames) {
  test(`${name}: many questions at once, over contexts of any length, are answered as evaluation does`, async (t) => {
    const dir = name === 'bert-mini' ? tiny : await writeTinyModel(join(folder, name), name);
    await using reader = await Reader.load(dir, { batchSize: 5 });
    const answers = await Promise.all(mixed.map(({ question, context }) => reader.answer(question, context)));
    const expected = await evaluated(dir);
    t.is(answers.length, expected.length);
    answers.forEach(({ text, start, end, score, probability }, index) => {
      const wanted = expected[index];
      t.deepEqual({ text, start, end }, { text: wanted.text, start: wanted.start, end: wanted.end });
      t.is(mixed[index].context.slice(start, end), text);
      t.true(Math.abs(score - wanted.score) < 1e-4 && Math.abs(probability - wanted.probability) < 1e-4);
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
    t.false(text.includes(' '));
  }
  t.deepEqual(await reader.answer('why?', ''), { text: '', start: 0, end: 0, score: 0, probability: 1 });
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
  t.is(only.text, '');
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

test('a question that cannot be answered fails alone', async (t) => {
  await using reader = await Reader.load(tiny);
  const { question, context } = mixed[0];
  const [good, tooLong, alsoGood] = await Promise.allSettled([
    reader.answer(question, context),
    reader.answer('why '.repeat(80), context),
    reader.answer(question, context),
  ]);
  t.is(good.status, 'fulfilled');
  t.is(alsoGood.status, 'fulfilled');
  t.true(
    tooLong.status === 'rejected' &&
      tooLong.reason instanceof QaError &&
      tooLong.reason.code === 'ERR_QUESTION_TOO_LONG',
  );
});

test('what JavaScript callers pass by mistake is named', async (t) => {
  await using reader = await Reader.load(tiny);
  const untyped = reader as unknown as { answer: (...args: unknown[]) => Promise<unknown> };
  await t.throwsAsync(untyped.answer(undefined, 'text'), {
    message: /question to be a string, got undefined/,
  });
  await t.throwsAsync(untyped.answer('who?', null), { message: /context to be a string, got null/ });
  await t.throwsAsync(reader.answer('who?', 'text', { topK: 0 }), {
    message: /topK .* from 1 to 1000, got 0/,
  });
  await t.throwsAsync(reader.answer('who?', 'text', { maxAnswerLength: 1.5 }), { message: /got 1\.5/ });
  // An n-best list takes memory by its size: 2 ** 53 of them could not even be counted.
  await t.throwsAsync(reader.answer('who?', 'text', { topK: 2 ** 53 }), {
    message: /topK .* from 1 to 1000/,
  });
  for (const [options, message] of [
    [null, /options to be an object, got null/],
    ['fast', /options to be an object, got "fast"/],
    [{ topk: 3 }, /topK, maxAnswerLength, nullAnswer, scores or signal among the options, got topk/],
    [{ extra: () => 1 }, /got extra/],
    [{ nullAnswer: 'no' }, /nullAnswer to be true or false, got "no"/],
    [{ scores: 1 }, /scores to be true or false, got 1/],
    [{ signal: {} }, /signal to be an AbortSignal, got an object/],
  ] as const) {
    await t.throwsAsync(untyped.answer('who?', 'text', options), { code: 'ERR_OPTION', message });
  }
  t.is(reader.pending, 0);
  await t.throwsAsync(Reader.load(tiny, { batchSize: -1 }), { message: /batchSize .* got -1/ });
  await t.throwsAsync(Reader.load(tiny, { threads: 1e9 }), {
    message: /threads from 1 to 1024, got 1000000000/,
  });
  const load = Reader.load.bind(Reader) as (...args: unknown[]) => Promise<unknown>;
  for (const [args, message] of [
    [[], /folder to be a string, got undefined/],
    [[new URL('file:///tiny')], /folder to be a string, got an object/],
    [[tiny, null], /options to be an object, got null/],
    [[tiny, { device: 5 }], /device to be a string, got 5/],
    [
      [tiny, { thread: 1 }],
      /device, threads, batchSize, maxSeqLength or docStride among the options, got thread/,
    ],
  ] as const) {
    await t.throwsAsync(load(...args), { code: 'ERR_OPTION', message });
  }
  await t.throwsAsync(Reader.load(tiny, { device: 'tpu' }), {
    name: 'UsageError',
    message: /auto, cpu, cuda/,
  });
  await t.throwsAsync(Reader.load(tiny, { maxSeqLength: 512 }), { message: /at most 128 tokens.* got 512/ });
  await t.throwsAsync(Reader.load(tiny, { docStride: 63 }), { name: 'UsageError', message: /got 64 and 63/ });
});

test('a folder of Hugging Face opens with tokenizer.json as with vocab.txt; case counts where it says so', async (t) => {
  const [fast, cased] = [
    await writeTinyModel(join(folder, 'fast')),
    await writeTinyModel(join(folder, 'cased')),
  ];
  const { vocabulary } = await readTokenizer(tiny);
  const vocab = Object.fromEntries(vocabulary.map((token, id) => [token, id]));
  const tokenizer = { model: { type: 'WordPiece', vocab }, normalizer: { type: 'BertNormalizer' } };
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

test('a folder that cannot answer is refused in a sentence', async (t) => {
  await t.throwsAsync(Reader.load(join(folder, 'nowhere')), { instanceOf: QaError });

  const headless = await writeTinyModel(join(folder, 'headless'));
  const weights = await readSafetensors(join(headless, 'model.safetensors'));
  const encoder = new Map([...weights].filter(([name]) => !name.startsWith('qa_outputs.')));
  await writeSafetensors(join(headless, 'model.safetensors'), encoder as Map<string, never>);
  await t.throwsAsync(Reader.load(headless), {
    code: 'ERR_STATE_MISSING',
    message: /lack qa_outputs\.weight/,
  });

  const wide = await writeTinyModel(join(folder, 'wide'));
  writeFileSync(join(wide, 'vocab.txt'), `${readFileSync(sample.vocabFile, 'utf8')}onemore\n`);
  await t.throwsAsync(Reader.load(wide), { code: 'ERR_VOCABULARY', message: /Expected at most \d+ tokens/ });

  const damaged = await writeTinyModel(join(folder, 'damaged'));
  writeFileSync(join(damaged, 'preparation.json'), '{"maxSeqLength":');
  await t.throwsAsync(Reader.load(damaged), { code: 'ERR_PREPARATION' });
  rmSync(join(damaged, 'preparation.json'));
  await using reader = await Reader.load(damaged);
  t.is((await reader.answer('who?', 'Ada did.')).text.length > 0, true);
});

test('an aborted question is given up: before it was asked, in the queue, and while it is computed', async (t) => {
  await using reader = await Reader.load(tiny, { batchSize: 1 });
  const { question, context } = mixed[0];
  const aborted = AbortSignal.abort(new Error('too late'));
  await t.throwsAsync(reader.answer(question, context, { signal: aborted }), { message: 'too late' });
  const controllers = Array.from({ length: 100 }, () => new AbortController());
  const answers = controllers.map(({ signal }) => reader.answer(question, context, { signal }));
  const others = reader.answer(question, context);
  for (const controller of controllers) controller.abort(new Error('enough'));
  for (const outcome of await Promise.allSettled(answers)) t.is(reasonOf(outcome), 'enough');
  t.is((await others).text.length > 0, true);
  t.is(reader.pending, 0);
});

test('a disposed reader answers no more; what waited is told so', async (t) => {
  const reader = await Reader.load(tiny);
  const waiting = mixed.map(({ question, context }) => reader.answer(question, context));
  const [outcomes] = await Promise.all([Promise.allSettled(waiting), reader.dispose(), reader.dispose()]);
  for (const outcome of outcomes) t.regex(reasonOf(outcome), /it was disposed/);
  await t.throwsAsync(reader.answer('who?', 'Ada.'), { code: 'ERR_READER_DISPOSED' });
  await reader.dispose();
});

/** The niceness of every thread of this process, by its id; proc_pid_stat(5) has it as field 19. */
function threadNiceness(): Map<number, number> {
  return new Map(
    readdirSync('/proc/self/task').map((id) => {
      const stat = readFileSync(`/proc/self/task/${id}/stat`, 'utf8');
      // Fields are counted from after the name, which may have spaces: that ends field 2.
      return [Number(id), Number(stat.slice(stat.lastIndexOf(')') + 2).split(' ')[19 - 3])];
    }),
  );
}

const onLinux = process.platform === 'linux' ? test.serial : test.serial.skip;
onLinux('the thread that computes gives way to the event loop', async (t) => {
  const before = threadNiceness();
  const reader = await Reader.load(tiny);
  await reader.answer('Who?', 'Ada Holmson founded Oakford.');
  const started = [...threadNiceness()].filter(([id]) => !before.has(id));
  t.true(started.some(([, nice]) => nice === 10));
  t.is(threadNiceness().get(process.pid), before.get(process.pid));
  await reader.dispose();
});
