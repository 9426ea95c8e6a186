import test from 'ava';
import type { Example } from '../../src/data/examples.js';
import { prepareFeatures } from '../../src/data/features.js';
import { parseSquad } from '../../src/data/squad.js';
import { QaError, UsageError } from '../../src/errors.js';
import { fixture, fixtureTokenizer, type Windows } from './feature-fixture.js';

/** Our windows in the fixture's form; Python's null labels are `[CLS]` here. */
function windowsOf(squad: unknown, options: { maxSeqLength: number; docStride: number }) {
  const { examples } = parseSquad(squad, 'the fixture');
  return prepareFeatures(examples, fixtureTokenizer(), options).map(({ exampleIndex, ...feature }) => ({
    ...feature,
    id: examples[exampleIndex]?.id,
    inputIds: Array.from(feature.inputIds),
    offsets: Array.from(feature.offsets),
  }));
}

const labelled = ({ windows }: Windows) =>
  windows.map((window) => ({
    ...window,
    startPosition: window.startPosition ?? 0,
    endPosition: window.endPosition ?? 0,
  }));

for (const expected of fixture.windows) {
  const { maxSeqLength, docStride } = expected;
  test(`windows and labels of hard cases are Python's, ${maxSeqLength} with ${docStride} shared`, (t) => {
    t.deepEqual(windowsOf(fixture.squad, expected), labelled(expected));
  });
}

for (const expected of fixture.devWindows) {
  test("windows of paragraphs of SQuAD's development set are Python's", (t) => {
    t.deepEqual(windowsOf(fixture.dev, expected), labelled(expected));
  });
}

function example(question: string, context: string): Example {
  return { id: 'this-one', title: '', question, context, answers: [] };
}

test('what Python refuses is refused, with the id of the question', (t) => {
  t.true(fixture.refused.length > 0);
  for (const { example: refused, ...options } of fixture.refused) {
    const examples = [example(refused.question, refused.context)];
    t.throws(
      () => prepareFeatures(examples, fixtureTokenizer(), options),
      { instanceOf: QaError, code: 'ERR_QUESTION_TOO_LONG', message: /question this-one .* positions/ },
      options.error,
    );
  }
});

test('a context that just fits needs no room for the overlap', (t) => {
  const features = prepareFeatures([example('a b c d', 'g h')], fixtureTokenizer(), {
    maxSeqLength: 9,
    docStride: 2,
  });
  t.is(features.length, 1);
  t.is(features[0]?.inputIds.length, 9);
});

test('sizes that are no whole numbers, or leave no window, are wrong usage', (t) => {
  const examples = [example('a', 'b')];
  for (const options of [
    { maxSeqLength: 3, docStride: 0 },
    { maxSeqLength: 32, docStride: 31 },
    { maxSeqLength: 32, docStride: -1 },
    { maxSeqLength: 32, docStride: 1.5 },
    { maxSeqLength: 32.5, docStride: 1 },
    { maxSeqLength: Infinity, docStride: 1 },
    { maxSeqLength: NaN, docStride: 1 },
    { maxSeqLength: 32, docStride: NaN },
  ]) {
    t.throws(() => prepareFeatures(examples, fixtureTokenizer(), options), { instanceOf: UsageError });
  }
});

test('every context token is in a window, and neighbours share docStride of them', (t) => {
  const context = Array.from({ length: 100 }, (_, i) => `${i % 10}`).join(' ');
  const features = prepareFeatures([example('a b', context)], fixtureTokenizer(), {
    maxSeqLength: 24,
    docStride: 7,
  });
  const starts = features.map(({ offsets }) => Array.from(offsets.filter((_, i) => i % 2 === 0)));
  for (const [index, window] of starts.entries()) {
    if (index > 0) t.deepEqual(window.slice(0, 7), starts[index - 1]?.slice(-7));
  }
  t.deepEqual(
    [...new Set(starts.flat())],
    Array.from({ length: 100 }, (_, i) => 2 * i),
  );
});
