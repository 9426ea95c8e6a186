import test from 'ava';
import { splitByArticle, spreadOver, titlesOf } from '../../scripts/bench/article-split.js';
import { sample } from '../../src/data/sample.js';
import type { Example } from '../../src/data/examples.js';
import { readExamples } from '../../src/data/read-examples.js';
import { QaError } from '../../src/errors.js';

/** Questions about as many articles as there are numbers, so many about each. */
function questionsAbout(...counts: number[]): Example[] {
  return counts.flatMap((count, article) =>
    Array.from({ length: count }, (_, index) => ({
      id: `${article}-${index}`,
      title: `Article ${article}`,
      question: 'Who?',
      context: 'Ann.',
      answers: [{ text: 'Ann', start: 0 }],
    })),
  );
}

test('no article is on both sides, and no question is lost', async (t) => {
  const examples = [
    ...questionsAbout(3, 1, 4, 1, 5, 9, 2, 6, 5, 3, 5, 8, 9, 7),
    ...(await readExamples(sample.trainFile)).examples,
  ];
  const { training, heldOut } = splitByArticle(examples);
  t.deepEqual([...training, ...heldOut].map(({ id }) => id).sort(), examples.map(({ id }) => id).sort());
  const trained = new Set(titlesOf(training));
  t.deepEqual(
    titlesOf(heldOut).filter((title) => trained.has(title)),
    [],
  );
  t.deepEqual(splitByArticle(examples), { training, heldOut });
});

test('one article in six is held out: 8 of 48, as many as SQuAD dev has', (t) => {
  const { training, heldOut } = splitByArticle(questionsAbout(...Array.from({ length: 48 }, () => 2)));
  t.is(titlesOf(training).length, 40);
  t.deepEqual(
    titlesOf(heldOut),
    [5, 11, 17, 23, 29, 35, 41, 47].map((article) => `Article ${article}`),
  );
});

test('too few articles to hold one out are refused', (t) => {
  const error = t.throws(() => splitByArticle(questionsAbout(10, 10, 10, 10, 10)), { instanceOf: QaError });
  t.regex(error.message, /^Expected questions about 6 articles or more, .* got 5; give a file/);
});

test('a number of questions is taken from all over', (t) => {
  const rows = Array.from({ length: 100 }, (_, index) => index);
  t.deepEqual(spreadOver(rows, 4), [0, 25, 50, 75]);
  t.deepEqual(spreadOver(rows, 100), rows);
  t.deepEqual(spreadOver(rows, 1000), rows);
  t.deepEqual(spreadOver(rows), rows);
  const some = spreadOver(rows, 37);
  t.is(new Set(some).size, 37);
});
