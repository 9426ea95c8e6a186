import { existsSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import test from 'ava';
import { readNoAnswerOdds, readPredictions } from '../../src/cli/prediction-files.js';
import { saveEvaluation, type Evaluation } from '../../src/evaluate/evaluate.js';
import { squadV2Metrics } from '../../src/evaluate/squad-v2-metrics.js';

const folder = mkdtempSync(join(tmpdir(), 'evaluation-'));
test.after.always(() => {
  rmSync(folder, { recursive: true });
});

test('odds of an evaluation before do not stay beside the predictions of one without', async (t) => {
  const evaluation: Evaluation = {
    predictions: new Map([['a', 'Aare']]),
    nbest: new Map(),
    metrics: { exact_match: 100, f1: 100 },
  };
  const path = join(folder, 'null_odds.json');
  await saveEvaluation(folder, { ...evaluation, nullOdds: new Map([['a', -1.5]]) });
  t.deepEqual(JSON.parse(readFileSync(path, 'utf8')), { a: -1.5 });
  await saveEvaluation(folder, evaluation);
  t.false(existsSync(path));
  t.true(existsSync(join(folder, 'predictions.json')));
});

test('what is scored from the files is what was evaluated, also where ids are numbers that do not ascend', async (t) => {
  const question = { title: '', question: 'Which river?', context: 'The Aare.' };
  const examples = [
    { ...question, id: '2', answers: [{ text: 'Aare', start: 4 }] },
    { ...question, id: '1', answers: [] },
  ];
  const predictions = new Map([
    ['2', 'Aare'],
    ['1', 'Aare'],
  ]);
  // Equal odds: which question comes first decides what the best threshold reaches.
  const nullOdds = new Map([
    ['2', -1],
    ['1', -1],
  ]);
  const metrics = squadV2Metrics(predictions, examples, { noAnswerOdds: nullOdds });
  t.is(metrics.best_exact, 100);
  const own = join(folder, 'numbers');
  await saveEvaluation(own, { predictions, nbest: new Map(), nullOdds, metrics });
  const read = await readPredictions(join(own, 'predictions.json'));
  const noAnswerOdds = await readNoAnswerOdds(join(own, 'null_odds.json'));
  t.deepEqual(squadV2Metrics(read, examples, { noAnswerOdds }), metrics);
});
