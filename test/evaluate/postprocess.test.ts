import { readFileSync } from 'node:fs';
import test from 'ava';
import { QaError } from '../../src/errors.js';
import { postprocessPredictions } from '../../src/evaluate/postprocess.js';
import { decodeCase, example, feature, type PostprocessCase } from './postprocess-case.js';

/** What scripts/reference/postprocess.py writes: the notebook's function on random logits. */
interface Fixture {
  readonly cases: readonly (PostprocessCase & {
    readonly nbest: Readonly<
      Record<string, readonly { text: string; probability: number; start_logit: number; end_logit: number }[]>
    >;
  })[];
}

const fixture = JSON.parse(
  readFileSync(new URL('../../../test/fixtures/evaluate/postprocess.json', import.meta.url), 'utf8'),
) as Fixture;

function logitsOf(start: readonly number[][], end: readonly number[][]) {
  return {
    start: start.map((row) => Float32Array.from(row)),
    end: end.map((row) => Float32Array.from(row)),
  };
}

for (const given of fixture.cases) {
  const { name, n_best_size, max_answer_length } = given;
  test(`candidates are the notebook's: ${name}`, (t) => {
    const { examples, features, logits } = decodeCase(given);
    const options = { nBestSize: n_best_size, maxAnswerLength: max_answer_length };
    const { predictions, nbest } = postprocessPredictions(examples, features, logits, options);
    t.deepEqual([...nbest.keys()], Object.keys(given.nbest));
    for (const { id, context } of examples) {
      const candidates = nbest.get(id) ?? [];
      const expected = given.nbest[id];
      t.is(predictions.get(id), expected[0].text);
      t.deepEqual(
        candidates.map(({ text, startLogit, endLogit }) => ({ text, startLogit, endLogit })),
        expected.map(({ text, start_logit, end_logit }) => ({
          text,
          startLogit: start_logit,
          endLogit: end_logit,
        })),
      );
      candidates.forEach(({ text, start, end, probability }, rank) => {
        t.is(context.slice(start, end), text);
        // exp may differ from C's in the last bit.
        t.true(Math.abs(probability - expected[rank].probability) < 1e-14);
      });
    }
  });
}

// `[CLS] q [SEP] ab cd ef [SEP]`: the context's tokens are the positions 3 to 5.
const letters = example('letters', 'ab cd ef');
const window = feature(0, 3, [0, 2, 3, 5, 6, 8]);
const low = -9;

test('without a valid span the answer is empty and certain', (t) => {
  const backwards = logitsOf([[low, low, low, low, low, 1, low]], [[low, low, low, 1, low, low, low]]);
  const { predictions, nbest } = postprocessPredictions([letters], [window], backwards, { nBestSize: 1 });
  t.is(predictions.get('letters'), '');
  t.deepEqual(nbest.get('letters'), [
    { text: '', start: 0, end: 0, startLogit: 0, endLogit: 0, score: 0, probability: 1 },
  ]);
});

test('an example without windows gets the empty answer', (t) => {
  const { predictions } = postprocessPredictions([letters], [], { start: [], end: [] });
  t.deepEqual([...predictions], [['letters', '']]);
});

test('padding takes places among the best', (t) => {
  const padded = logitsOf([[0, 0, 0, 1, 0, 0, 0, 5, 5]], [[0, 0, 0, 0, 1, 0, 0, 5, 5]]);
  t.is(postprocessPredictions([letters], [window], padded, { nBestSize: 2 }).predictions.get('letters'), '');
  t.is(
    postprocessPredictions([letters], [window], padded, { nBestSize: 3 }).predictions.get('letters'),
    'ab cd',
  );
});

test('equal logits: the later start and the later end win', (t) => {
  const equal = logitsOf([Array<number>(7).fill(0)], [Array<number>(7).fill(0)]);
  const { nbest } = postprocessPredictions([letters], [window], equal);
  t.deepEqual(
    nbest.get('letters')?.map(({ text }) => text),
    ['ef', 'cd ef', 'cd', 'ab cd ef', 'ab cd', 'ab'],
  );
});

test('equal scores: the earlier window wins', (t) => {
  const rows = [
    [low, low, low, 2, low, low, low],
    [low, low, low, low, 2, low, low],
  ];
  const windows = [window, window];
  t.is(postprocessPredictions([letters], windows, logitsOf(rows, rows)).predictions.get('letters'), 'ab');
  const turned = rows.toReversed();
  t.is(postprocessPredictions([letters], windows, logitsOf(turned, turned)).predictions.get('letters'), 'cd');
});

test('the answer, which is found without ranking, is the first of the list, which is ranked', (t) => {
  let state = 7;
  const random = (below: number) => {
    state = (state * 48271) % 2147483647;
    return state % below;
  };
  // Every token is a letter of its own: a text tells its place.
  const alphabet = example('alphabet', 'a b c d e f g h i j k l m n o p q r s t u v w x y z');
  for (let round = 0; round < 20_000; round++) {
    // Few values make ties, many make none; the last rows are longer than their window, as padding makes them.
    const different = [3, 6, 1_000][round % 3];
    const windows = Array.from({ length: 1 + random(2) }, () => {
      const [first, tokens] = [random(15), random(12)];
      const offsets = Array.from({ length: tokens }, (_, token) => 2 * (first + token)).flatMap((at) => [
        at,
        at + 1,
      ]);
      return feature(0, 1 + random(4), offsets);
    });
    const rows = () =>
      windows.map(({ inputIds }) =>
        Array.from({ length: inputIds.length + random(4) }, () => random(different) - 1),
      );
    const options = { nBestSize: 1 + random(12), maxAnswerLength: 1 + random(5) };
    const { predictions, nbest } = postprocessPredictions(
      [alphabet],
      windows,
      logitsOf(rows(), rows()),
      options,
    );
    t.is(predictions.get('alphabet'), nbest.get('alphabet')?.[0].text);
  }
});

test('scores are added in float32', (t) => {
  const starts = [2 ** 24, 2 ** 24].map((large, token) =>
    Array.from({ length: 7 }, (_, i) => (i === 3 + token ? large : low)),
  );
  const ends = [0.25, 0.75].map((small, token) =>
    Array.from({ length: 7 }, (_, i) => (i === 3 + token ? small : low)),
  );
  const { nbest } = postprocessPredictions([letters], [window, window], logitsOf(starts, ends));
  const best = nbest
    .get('letters')
    ?.slice(0, 2)
    .map(({ text, score }) => ({ text, score }));
  t.deepEqual(best, [
    { text: 'ab', score: 2 ** 24 },
    { text: 'cd', score: 2 ** 24 },
  ]);
});

test('windows may come in any order of examples', (t) => {
  const examples = [letters, example('digits', '12 34 56')];
  const rows = [
    [low, low, low, 2, low, low, low],
    [low, low, low, low, 2, low, low],
  ];
  const windows = [feature(1, 3, [0, 2, 3, 5, 6, 8]), window];
  const { predictions } = postprocessPredictions(examples, windows, logitsOf(rows, rows));
  t.deepEqual(
    [...predictions],
    [
      ['letters', 'cd'],
      ['digits', '12'],
    ],
  );
});

test('scores of -infinity have no NaN among their probabilities', (t) => {
  const masked = logitsOf([Array<number>(7).fill(-Infinity)], [[0, 0, 0, 1, 2, 3, 0]]);
  const candidates = postprocessPredictions([letters], [window], masked).nbest.get('letters') ?? [];
  t.is(candidates.length, 6);
  for (const { probability } of candidates) t.is(probability, 1 / 6);
});

test('a logit that is not finite names its example', (t) => {
  const fine = [[0, 0, 0, 1, 0, 0, 0]];
  for (const wrong of [NaN, Infinity]) {
    for (let place = 0; place < 7; place++) {
      const rows = [fine[0].with(place, wrong)];
      for (const logits of [logitsOf(rows, fine), logitsOf(fine, rows)]) {
        t.throws(() => postprocessPredictions([letters], [window], logits), {
          instanceOf: QaError,
          message: /^Expected finite logits for question letters/,
        });
      }
    }
  }
});

test('logits, features and examples must belong together', (t) => {
  const none = { start: [], end: [] };
  t.throws(() => postprocessPredictions([letters], [window], none), {
    message: /each of 1 features, got 0 and 0/,
  });
  const row = [[0, 0, 0, 0, 0, 0, 0]];
  t.throws(() => postprocessPredictions([], [window], logitsOf(row, row)), { message: /one of 0 examples/ });
  for (const options of [{ nBestSize: 0 }, { maxAnswerLength: 1.5 }]) {
    t.throws(() => postprocessPredictions([], [], none, options), { message: /a whole number of 1 or more/ });
  }
});
