import test from 'ava';
import { QaError } from '../../src/errors.js';
import { checkCounts, compare, whatDiffers } from '../../src/reproduce/comparison.js';
import { wholePart } from './parts.js';

const rowOf = (parts: Parameters<typeof compare>[0], figure: string) =>
  compare(parts).find((row) => row.figure === figure);

test('every count of a whole run is held against the notebook', (t) => {
  const rows = compare([wholePart()]);
  t.deepEqual(
    rows.filter(({ equal }) => equal).map(({ figure, here }) => [figure, here]),
    [
      ['training features', '88,524'],
      ['steps an epoch', '7,377'],
      ['validation features', '10,784'],
      ['evaluation batches', '899'],
      ['parameters', '28,167,170'],
    ],
  );
  t.notThrows(() => {
    checkCounts(rows);
  });
});

test('a count that must be equal and is not is an error that names it', (t) => {
  const part = wholePart();
  const rows = compare([part, { ...part, validation: { ...part.validation, features: 10_753 } }]);
  t.throws(
    () => {
      checkCounts(rows);
    },
    { instanceOf: QaError, message: /LSTM's validation features .* instead of 10,784/ },
  );
});

test("counts of other data or other sizes are shown beside the notebook's, not held against them", (t) => {
  const part = wholePart();
  const other = {
    ...part,
    notebookSizes: false,
    parameters: 7,
    train: { ...part.train, questions: 10, features: 11, stepsPerEpoch: 1 },
  };
  for (const figure of ['training features', 'steps an epoch', 'parameters']) {
    t.is(rowOf([other], figure)?.equal, undefined);
  }
  t.true(rowOf([other], 'validation features')?.equal);
  const otherVocabulary = { ...part, vocabulary: 500 };
  t.deepEqual(
    compare([otherVocabulary]).filter(({ equal }) => equal !== undefined),
    [],
  );
});

test('losses stand beside those of the same step, scores with their spread', (t) => {
  const parts = [wholePart(), wholePart({ seed: 43, exactMatch: 6, losses: [{ step: 1000, loss: 4 }] })];
  const loss = rowOf(parts, 'loss at 1,000');
  t.is(loss?.notebook, '4.1933');
  t.is(loss?.here, '4.2500 (4.0000 to 4.5000, 2 seeds)');
  t.is(rowOf(parts, 'EM')?.here, '5.50 (5.00 to 6.00, 2 seeds)');
  t.is(rowOf([wholePart()], 'EM')?.here, '5.00');
  // The notebook printed no loss there.
  t.is(rowOf([wholePart({ losses: [{ step: 20, loss: 5 }] })], 'loss at 20')?.notebook, '');
});

test("what makes a run smaller than the notebook's is said", (t) => {
  const part = wholePart();
  const models = ['bert-mini', 'lstm', 'transformer'] as const;
  const whole = models.map((model) => ({ ...part, model }));
  t.deepEqual(whatDiffers(whole), []);
  t.deepEqual(
    whatDiffers([
      {
        ...part,
        train: { ...part.train, questions: 1000 },
        settings: { '--max-steps': { here: 20, notebook: -1 } },
      },
    ]),
    [
      'without bert-mini, transformer',
      '1,000 training questions instead of 87,599',
      '--max-steps 20 instead of -1',
    ],
  );
});
