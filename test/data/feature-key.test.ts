import test from 'ava';
import type { Example } from '../../src/data/examples.js';
import { featureKey } from '../../src/data/feature-key.js';
import { BertTokenizer } from '../../src/data/tokenizer.js';
import { fixture, fixtureTokenizer } from './feature-fixture.js';

const options = { maxSeqLength: 384, docStride: 128 };
const normalizer = { cleanText: true, handleChineseChars: true, stripAccents: true, lowercase: true };

function example(context: string, question: string, ...answers: Example['answers']): Example {
  return { id: 'an id', title: 'a title', question, context, answers };
}

const examples = [example('ab cd', 'e', { text: 'ab', start: 0 }), example('ab cd', 'f'), example('gh', 'i')];

test('the same questions have the same key, whatever does not go into features', async (t) => {
  const key = await featureKey(examples, fixtureTokenizer(), options);
  t.regex(key, /^[0-9a-f]{64}$/);
  const others = structuredClone(examples).map((other, index) => ({
    ...other,
    id: `${index}`,
    title: 'another',
    answers: [...other.answers, ...(other.answers.length > 0 ? [{ text: 'cd', start: 3 }] : [])],
  }));
  t.is(await featureKey(others, fixtureTokenizer(), { ...options, ...{ nBestSize: 3 } }), key);
});

test('each other question, tokenizer or option makes another key', async (t) => {
  const [first, second, third] = examples;
  const [text, start] = ['ab', 0];
  const questions: readonly (readonly Example[])[] = [
    examples,
    [],
    [first],
    [first, second],
    [first, third, second],
    [second, first, third],
    [...examples, third],
    [example('ab cd', 'e', { text, start }), example('ab cd', 'f'), example('gh', 'j')],
    [example('ab cd', 'e', { text, start: 1 }), second, third],
    [example('ab cd', 'e', { text: 'a', start }), second, third],
    [example('ab cd', 'e', { text: '', start }), second, third],
    [example('ab cd', 'e'), second, third],
    [example('ab cd ', 'e', { text, start }), second, third],
    // The same letters, cut in other places; halves of surrogate pairs, which UTF-8 has all as one.
    [example('ab', 'cd'), example('ab', 'ef')],
    [example('abc', 'd'), example('abc', 'ef')],
    [example('ab', 'cd'), example('ab', '', { text: 'ef', start })],
    [example('ab', 'cd'), example('ef', '')],
    [example('\ud800', 'a')],
    [example('\ud801', 'a')],
    [example('\udc00', 'a')],
    [example('\ufffd', 'a')],
  ];
  const tokenizers = [
    new BertTokenizer([...fixture.vocabulary, 'more'], normalizer, 'a test'),
    new BertTokenizer(
      fixture.vocabulary.toSpliced(-2, 2, ...fixture.vocabulary.slice(-2).reverse()),
      normalizer,
      'a test',
    ),
    ...Object.keys(normalizer).map(
      (name) => new BertTokenizer(fixture.vocabulary, { ...normalizer, [name]: false }, 'a test'),
    ),
  ];
  const keys = await Promise.all([
    ...questions.map((asked) => featureKey(asked, fixtureTokenizer(), options)),
    ...tokenizers.map((tokenizer) => featureKey(examples, tokenizer, options)),
    featureKey(examples, fixtureTokenizer(), { ...options, maxSeqLength: 383 }),
    featureKey(examples, fixtureTokenizer(), { ...options, docStride: 127 }),
  ]);
  t.is(new Set(keys).size, keys.length);
});
