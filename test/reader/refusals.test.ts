import { readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import test from 'ava';
import { sample } from '../../src/data/sample.js';
import { QaError } from '../../src/errors.js';
import { readSafetensors, writeSafetensors } from '../../src/formats/safetensors.js';
import { Reader } from '../../src/reader/reader.js';
import { temporaryFolder } from '../cli/run.js';
import { writeTinyModel } from './tiny-model.js';

// What a reader does not take: options, questions and folders.

const folder = temporaryFolder();
const tiny = join(folder, 'tiny');

test.before(async () => {
  await writeTinyModel(tiny);
});

test('a question that cannot be answered fails alone', async (t) => {
  await using reader = await Reader.load(tiny);
  const [question, context] = ['Who founded it?', 'Ada did. '.repeat(60)];
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
    [[], /model to be a string, got undefined/],
    [[new URL('file:///tiny')], /model to be a string, got an object/],
    [[tiny, null], /options to be an object, got null/],
    [[tiny, { device: 5 }], /device to be a string, got 5/],
    [
      [tiny, { thread: 1 }],
      /device, threads, batchSize, maxSeqLength, docStride, fast or bf16 among the options, got thread/,
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

test('a folder that cannot answer is refused in a sentence', async (t) => {
  await t.throwsAsync(Reader.load(join(folder, 'nowhere')), { code: 'ERR_NO_MODEL', message: /neither/ });

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
