import { existsSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import test from 'ava';
import { saveEvaluation, type Evaluation } from '../../src/evaluate/evaluate.js';

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
