import test from 'ava';
import type { Example } from '../../src/data/examples.js';
import { QaError } from '../../src/errors.js';
import { asciiAnswerWords } from '../../src/evaluate/ascii-answer.js';
import {
  anyAnswerWords,
  exactMatchScore,
  f1Score,
  metricMaxOverGroundTruths,
  missingPredictions,
  normalizeAnswer,
  squadMetrics,
} from '../../src/evaluate/metrics.js';
import { fixture } from './metrics-fixture.js';

function example(id: string, ...texts: string[]): Example {
  return { id, title: '', question: '', context: '', answers: texts.map((text) => ({ text, start: 0 })) };
}

const examples = fixture.scores.map(({ answers }, index) => example(String(index), ...answers));
const predictions = new Map(
  fixture.scores.map(({ prediction }, index): [string, string] => [String(index), prediction]),
);
for (const index of fixture.scores.keys()) if (index % 7 === 3) predictions.delete(String(index));

test("texts are normalised as Python's str and re do it", (t) => {
  for (const [text, normalized] of fixture.normalized) {
    t.is(normalizeAnswer(text), normalized, JSON.stringify(text));
  }
});

test('the short way for ASCII is the long way, on every character and around articles', (t) => {
  const ascii = Array.from({ length: 128 }, (_, unit) => String.fromCharCode(unit));
  const texts = ascii.flatMap((c) => [c, `The${c}river`, `${c}an`, `a${c}`, `${c}${c}a${c}b the${c}A`]);
  for (const text of texts) {
    const short = asciiAnswerWords(text);
    if (short !== null) t.deepEqual(short, anyAnswerWords(text), JSON.stringify(text));
  }
  // Control characters are no white space and end a word, which the long way knows alone.
  t.is(asciiAnswerWords('a\x00b'), null);
  t.deepEqual(asciiAnswerWords("The  don't\tA.-n the"), ['dont']);
  // The Kelvin sign's lower case is k.
  t.deepEqual(asciiAnswerWords('\u212a'), ['k']);
});

test("each prediction's scores are Python's", (t) => {
  for (const { prediction, answers, exact_match, f1 } of fixture.scores) {
    t.is(metricMaxOverGroundTruths(exactMatchScore, prediction, answers), exact_match);
    t.is(metricMaxOverGroundTruths(f1Score, prediction, answers), f1);
  }
});

test("the percentages are Python's to the last bit, a missing prediction counts 0", (t) => {
  t.deepEqual(squadMetrics(predictions, examples), fixture.metrics);
  t.deepEqual(squadMetrics(Object.fromEntries(predictions), examples), fixture.metrics);
});

test('missing predictions are listed in the order of the examples', (t) => {
  const expected = examples.map(({ id }) => id).filter((id) => Number(id) % 7 === 3);
  t.deepEqual(missingPredictions(predictions, examples), expected);
  t.deepEqual(missingPredictions({}, [example('toString', 'x')]), ['toString']);
});

test('a prediction that is not a string is named', (t) => {
  for (const wrong of [null, 3, ['x'], { text: 'x' }]) {
    const file = JSON.parse(JSON.stringify({ q: wrong })) as Record<string, string>;
    const error = t.throws(() => squadMetrics(file, [example('q', 'x')]), { instanceOf: QaError });
    t.true(
      error.message.startsWith(
        `Expected the prediction for question q to be a string, got ${JSON.stringify(wrong)};`,
      ),
    );
  }
});

test('there must be questions, and answers to score against', (t) => {
  t.throws(() => squadMetrics({}, []), { instanceOf: QaError, message: /at least one question/ });
  const unanswerable = () => squadMetrics({ q: 'x' }, [example('q')]);
  t.throws(unanswerable, { instanceOf: QaError, message: /accepted answers of question q/ });
});
