import test from 'ava';
import { parseSquad } from '../../src/data/squad.js';
import { QaError } from '../../src/errors.js';
import { fixture } from './feature-fixture.js';

const answer = { text: 'Aare', answer_start: 4 };
const question = { id: 'a', question: 'Which?', answers: [answer] };
const paragraph = { context: 'The Aare.', qas: [question] };
const file = (...paragraphs: readonly unknown[]) => ({ data: [{ title: 'Rivers', paragraphs }] });

test('questions in the order of the file, with titles, and one string for a paragraph', (t) => {
  const { examples, misplaced } = parseSquad(
    file({ ...paragraph, qas: [question, { ...question, id: 'b', answers: [] }] }),
    'here',
  );
  t.deepEqual(misplaced, []);
  const shared = { title: 'Rivers', question: 'Which?', context: 'The Aare.' };
  t.deepEqual(examples, [
    { id: 'a', ...shared, answers: [{ text: 'Aare', start: 4 }] },
    { id: 'b', ...shared, answers: [] },
  ]);
});

test('answer_start counts code points', (t) => {
  const { examples, misplaced } = parseSquad(
    file({
      context: '😀 😀 Aare 😀',
      qas: [{ ...question, answers: [answer, { text: '😀', answer_start: 9 }] }],
    }),
    'here',
  );
  t.deepEqual(misplaced, []);
  t.deepEqual(
    examples[0]?.answers.map(({ start }) => start),
    [6, 11],
  );
});

test('answers that are not at their offsets are told by id, and stay', (t) => {
  const { examples, misplaced } = parseSquad(fixture.squad, 'the fixture');
  t.deepEqual([...misplaced].sort(), [
    'answer-to-nothing',
    'far-past-the-end',
    'misplaced',
    'misplaced-emoji',
    'past-the-end',
  ]);
  t.deepEqual(examples.find(({ id }) => id === 'misplaced')?.answers, [{ text: 'c d', start: 5 }]);
});

test('an empty context is taken', (t) => {
  const { examples } = parseSquad(file({ context: '', qas: [{ ...question, answers: [] }] }), 'here');
  t.is(examples[0]?.context, '');
});

const wrong: readonly [unknown, string][] = [
  [[], 'a list at data in here, got nothing'],
  [null, 'a list at data in here, got nothing'],
  [{ version: '1.1' }, 'a list at data in here, got nothing'],
  [{ data: {} }, 'a list at data in here, got {}'],
  [{ data: [] }, 'a question in here, got none'],
  [{ data: [7] }, 'an object at data[0] in here, got 7'],
  [{ data: [{ title: 'x' }] }, 'a list at data[0].paragraphs in here, got nothing'],
  [file(paragraph, { qas: [] }), 'a string at data[0].paragraphs[1].context in here, got nothing'],
  [file({ context: 'x' }), 'a list at data[0].paragraphs[0].qas in here, got nothing'],
  [
    file({ context: 'x', qas: [{ ...question, id: 5 }] }),
    'a string at data[0].paragraphs[0].qas[0].id in here, got 5',
  ],
  [
    file({ context: 'x', qas: [question, question] }),
    'an id of its own at data[0].paragraphs[0].qas[1] in here, got "a" a second time',
  ],
  [
    file({ context: 'x', qas: [{ id: 'a', answers: [] }] }),
    'a string at data[0].paragraphs[0].qas[0].question in here, got nothing',
  ],
  [
    file({ context: 'x', qas: [{ ...question, answers: [{ text: 'x' }] }] }),
    'a whole number of 0 or more as answer_start at data[0].paragraphs[0].qas[0].answers[0] in here, got nothing',
  ],
  [
    file({ context: 'x', qas: [{ ...question, answers: [{ text: 'x', answer_start: -1 }] }] }),
    'a whole number of 0 or more as answer_start at data[0].paragraphs[0].qas[0].answers[0] in here, got -1',
  ],
];

for (const [json, sentence] of wrong) {
  test(`${JSON.stringify(json).slice(0, 100)} is refused: expected ${sentence}`, (t) => {
    t.throws(() => parseSquad(json, 'here'), {
      instanceOf: QaError,
      code: 'ERR_SQUAD_FORMAT',
      message: `Expected ${sentence}; the file must be in SQuAD's nested JSON format.`,
    });
  });
}
