import test from 'ava';
import { BertTokenizer } from '../../src/data/tokenizer.js';
import { QaError } from '../../src/errors.js';
import { fixture, fixtureTokenizer } from './feature-fixture.js';

for (const casing of ['uncased', 'cased'] as const) {
  test(`ids and offsets of hard texts are Python's, ${casing}`, (t) => {
    const tokenizer = fixtureTokenizer(casing === 'uncased');
    for (const { text, ids, offsets } of fixture[casing]) {
      const encoding = tokenizer.encode(text);
      const name = JSON.stringify(text);
      t.deepEqual(Array.from(encoding.ids), ids, name);
      t.deepEqual(Array.from(encoding.offsets), offsets, name);
    }
  });
}

test('a text has the same tokens the second time, and among other texts', (t) => {
  const tokenizer = fixtureTokenizer();
  const first = fixture.uncased.map(({ text }) => tokenizer.encode(text));
  const again = fixture.uncased.map(({ text }) => tokenizer.encode(text));
  t.deepEqual(again, first);
});

test('a text longer than the arrays that tokens are collected in', (t) => {
  const tokenizer = fixtureTokenizer();
  const words = 5000;
  const { ids, offsets } = tokenizer.encode('é the '.repeat(words));
  const two = tokenizer.encode('é the');
  t.is(ids.length, 2 * words);
  t.true(ids.every((id, i) => id === two.ids[i % 2]));
  t.deepEqual(Array.from(offsets.slice(-4)), [6 * words - 6, 6 * words - 5, 6 * words - 4, 6 * words - 1]);
});

test('half a surrogate pair, which Python refuses, is an unknown character', (t) => {
  const tokenizer = fixtureTokenizer();
  t.deepEqual(Array.from(tokenizer.encode('a \ud83d b').offsets), [0, 1, 2, 3, 4, 5]);
});

test('the ids of special tokens are their places in the vocabulary', (t) => {
  const options = { cleanText: true, handleChineseChars: true, stripAccents: true, lowercase: true };
  const tokenizer = new BertTokenizer(['a', '[SEP]', '[UNK]', '[CLS]', '[PAD]'], options, 'here');
  const { padTokenId, unkTokenId, clsTokenId, sepTokenId } = tokenizer;
  t.deepEqual([padTokenId, unkTokenId, clsTokenId, sepTokenId], [4, 2, 3, 1]);
  t.deepEqual(Array.from(tokenizer.encode('a b [SEP]').ids), [0, 2, 1]);
  // Python adds it: `BertTokenizerFast` of this vocabulary gives 5.
  t.deepEqual(Array.from(tokenizer.encode('a[MASK]').ids), [0, 5]);
});

test('a vocabulary without special tokens is refused, with their names', (t) => {
  const options = { cleanText: true, handleChineseChars: true, stripAccents: true, lowercase: true };
  const error = t.throws(() => new BertTokenizer(['[PAD]', '[UNK]', 'a'], options, 'words.txt'), {
    instanceOf: QaError,
  });
  t.is(
    error.message,
    'Expected a BERT vocabulary in words.txt, but it lacks [CLS], [SEP]; give the vocab.txt of a BERT model.',
  );
});
