import test from 'ava';
import type { Example } from '../../src/data/examples.js';
import {
  breakDown,
  byAnswerLength,
  byContextLength,
  byQuestionWord,
  groupings,
} from '../../src/evaluate/breakdown.js';
import { squadMetrics } from '../../src/evaluate/metrics.js';
import { squadV2Metrics } from '../../src/evaluate/squad-v2-metrics.js';

const example = (id: string, question: string, answer: string, words = 80): Example => ({
  id,
  title: '',
  question,
  context: Array.from({ length: words }, () => 'word').join(' '),
  answers: [{ text: answer, start: 0 }],
});

const examples = [
  example('1', 'Who was it?', 'Ada'),
  example('2', 'To whom did it belong?', 'Ada Holmson', 10),
  example('3', 'In what year?', 'in the year 1512', 99),
  example('4', 'Name the whole town.', 'one two three four five six seven eight nine', 500),
];
const predictions = { '1': 'Ada', '2': 'Ada', '3': '1512', '4': 'nothing' };

test('questions are grouped by their question word, a word of its own', (t) => {
  t.deepEqual(breakDown(predictions, examples, byQuestionWord), [
    { name: 'what', questions: 1, exactMatch: 0, f1: 50 },
    { name: 'who', questions: 2, exactMatch: 50, f1: 100 * ((1 + 2 / 3) / 2) },
    { name: 'other', questions: 1, exactMatch: 0, f1: 0 },
  ]);
});

test('questions are grouped by the words of answer and context', (t) => {
  const groups = (grouping: typeof byAnswerLength) =>
    breakDown(predictions, examples, grouping).map(({ name, questions }) => [name, questions]);
  t.deepEqual(groups(byAnswerLength), [
    ['1', 1],
    ['2', 1],
    ['3 to 4', 1],
    ['9 and more', 1],
  ]);
  t.deepEqual(groups(byContextLength), [
    ['0 to 74', 1],
    ['75 to 99', 2],
    ['200 and more', 1],
  ]);
});

test('every grouping has each question once: weighted, its scores are those of the whole', (t) => {
  const whole = squadMetrics(predictions, examples);
  for (const grouping of groupings) {
    const slices = breakDown(predictions, examples, grouping);
    const weighted = (read: (slice: (typeof slices)[number]) => number) =>
      slices.reduce((sum, slice) => sum + slice.questions * read(slice), 0) / examples.length;
    t.true(Math.abs(weighted(({ exactMatch }) => exactMatch) - whole.exact_match) < 1e-9);
    t.true(Math.abs(weighted(({ f1 }) => f1) - whole.f1) < 1e-9);
  }
});

test('questions without an answer are scored as those of SQuAD v2.0, in a group of their own', (t) => {
  const unanswerable = ['5', '6', '7'].map((id) => ({ ...example(id, 'Who was it?', ''), answers: [] }));
  const all = [...examples, ...unanswerable];
  const given = { ...predictions, '5': '', '6': 'Ada', '7': 'the' };
  const whole = squadV2Metrics(given, all);
  for (const grouping of groupings) {
    const slices = breakDown(given, all, grouping);
    const sum = (read: (slice: (typeof slices)[number]) => number) =>
      slices.reduce((total, slice) => total + slice.questions * read(slice), 0);
    t.is(
      sum(() => 1),
      all.length,
    );
    t.true(Math.abs(sum(({ exactMatch }) => exactMatch) / all.length - whole.exact) < 1e-9);
    t.true(Math.abs(sum(({ f1 }) => f1) / all.length - whole.f1) < 1e-9);
  }
  const [none] = breakDown(given, all, byAnswerLength);
  t.deepEqual([none.name, none.questions], ['0', 3]);
});
