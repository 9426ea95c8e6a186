import test from 'ava';
import type { Example } from '../../src/data/examples.js';
import { QaError } from '../../src/errors.js';
import { squadV2Metrics } from '../../src/evaluate/squad-v2-metrics.js';
import { fixture } from './squad-v2-fixture.js';

function example(id: string, answers: readonly string[]): Example {
  return { id, title: '', question: '', context: '', answers: answers.map((text) => ({ text, start: 0 })) };
}

for (const { name, questions, predictions, odds, threshold, metrics } of fixture.scores) {
  test(`scores are the official evaluator's to the last bit: ${name}`, (t) => {
    const scores = squadV2Metrics(
      predictions,
      questions.map(([id, answers]) => example(id, answers)),
      { noAnswerOdds: odds === null ? undefined : new Map(odds), noAnswerThreshold: threshold },
    );
    t.deepEqual(scores as object, metrics);
    t.deepEqual(Object.keys(scores), Object.keys(metrics));
  });
}

test('a question without prediction, odds or a number among them is named', (t) => {
  const examples = [example('a', ['x']), example('b', [])];
  t.throws(() => squadV2Metrics({ a: 'x' }, examples), {
    instanceOf: QaError,
    message: /a prediction for each question, got none for b;/,
  });
  const odds = (...entries: [string, number][]) => ({ noAnswerOdds: new Map(entries) });
  t.throws(() => squadV2Metrics({ a: 'x', b: '' }, examples, odds(['a', 1])), { message: /got none for b;/ });
  t.throws(() => squadV2Metrics({ a: 'x', b: '' }, examples, odds(['a', NaN], ['b', 1])), {
    message: /got NaN for a;/,
  });
  t.throws(() => squadV2Metrics({}, []), { message: /at least one question/ });
});

test('odds that are not given count as 0, also against a threshold below that', (t) => {
  const examples = [example('a', ['x']), example('b', [])];
  const scored = (noAnswerThreshold: number) =>
    squadV2Metrics({ a: 'x', b: 'y' }, examples, { noAnswerThreshold });
  t.like(scored(0), { HasAns_exact: 100, NoAns_exact: 0 });
  t.like(scored(-1), { HasAns_exact: 0, NoAns_exact: 100 });
});
