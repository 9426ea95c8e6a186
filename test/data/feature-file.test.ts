import test from 'ava';
import type { Feature } from '../../src/data/examples.js';
import { decodeFeatures, encodeFeatures } from '../../src/data/feature-file.js';
import { prepareFeatures } from '../../src/data/features.js';
import { parseSquad } from '../../src/data/squad.js';
import { fixture, fixtureTokenizer } from './feature-fixture.js';

const key = 'a'.repeat(64);
const hardCases = parseSquad(fixture.squad, 'the fixture').examples;

function encoded(features: readonly Feature[], of = key): Buffer {
  return Buffer.concat([...encodeFeatures(features, of)]);
}

/** Every field, with its arrays as values: not what they are views of. */
function fieldsOf(features: readonly Feature[] | undefined) {
  return features?.map(({ inputIds, offsets, ...rest }) => ({
    ...rest,
    inputIds: [...inputIds],
    offsets: [...offsets],
  }));
}

for (const options of fixture.windows) {
  test(`features of hard cases come back: ${options.maxSeqLength} tokens, ${options.docStride} shared`, (t) => {
    const features = prepareFeatures(hardCases, fixtureTokenizer(), options);
    const back = decodeFeatures(encoded(features), key);
    t.deepEqual(fieldsOf(back), fieldsOf(features));
    t.true(
      back?.every(({ inputIds, offsets }) => inputIds instanceof Int32Array && offsets instanceof Int32Array),
    );
    // What was read can be written again.
    t.deepEqual(fieldsOf(decodeFeatures(encoded(back ?? []), key)), fieldsOf(features));
  });
}

test('many features, none, and one without a context come back', (t) => {
  const [first] = hardCases;
  const options = { maxSeqLength: 24, docStride: 4 };
  const many = prepareFeatures(
    Array.from({ length: 1_100 }, () => hardCases[0]),
    fixtureTokenizer(),
    options,
  );
  t.true(many.length > 1_000);
  for (const features of [
    many,
    [],
    prepareFeatures([{ ...first, context: '', answers: [] }], fixtureTokenizer(), options),
  ]) {
    t.deepEqual(fieldsOf(decodeFeatures(encoded(features), key)), fieldsOf(features));
  }
});

test('windows of one context have its offsets once in the file', (t) => {
  const context = 'a '.repeat(500);
  const example = { id: '', title: '', question: 'a', context, answers: [] };
  const features = prepareFeatures([example, example], fixtureTokenizer(), {
    maxSeqLength: 44,
    docStride: 30,
  });
  t.true(features.length > 90);
  // A header and a digest; of each window a row of six numbers and at most 44 ids; two offsets of each of 500 tokens.
  t.true(encoded(features).length < 400 + 4 * (features.length * (6 + 44) + 2 * 500));
});

const small = encoded(
  prepareFeatures(hardCases.slice(0, 3), fixtureTokenizer(), { maxSeqLength: 16, docStride: 2 }),
);

test('a byte that is not what it was is noticed, wherever it is', (t) => {
  t.truthy(decodeFeatures(small, key));
  for (let place = 0; place < small.length; place++) {
    for (const change of [1, 0x80, 0xff]) {
      const damaged = Buffer.from(small);
      damaged[place] ^= change;
      t.is(decodeFeatures(damaged, key), undefined);
    }
  }
});

test('a file that is cut, too long, empty or of another key is none', (t) => {
  for (let length = 0; length < small.length; length++) {
    t.is(decodeFeatures(small.subarray(0, length), key), undefined);
  }
  t.is(decodeFeatures(Buffer.concat([small, Buffer.alloc(4)]), key), undefined);
  t.is(decodeFeatures(Buffer.concat([small, small]), key), undefined);
  t.is(decodeFeatures(small, 'b'.repeat(64)), undefined);
  t.is(decodeFeatures(Buffer.from('a text, and nothing else\n'.repeat(10)), key), undefined);
});
