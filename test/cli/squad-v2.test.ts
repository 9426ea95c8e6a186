import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import test from 'ava';
import { sample } from '../../src/data/sample.js';
import { fixture } from '../evaluate/squad-v2-fixture.js';
import { qaNative, temporaryFolder, writeTinyConfig } from './run.js';

const folder = temporaryFolder();
const read = (...path: string[]) =>
  JSON.parse(readFileSync(join(...path), 'utf8')) as Record<string, unknown>;

/** A table of v2.0: about a river, every other question without an answer. */
const file = join(folder, 'v2.jsonl');
writeFileSync(
  file,
  Array.from({ length: 12 }, (_, number) => ({
    id: String(number),
    context: 'Oakford was founded by Ada Holmson in 1512.',
    question: 'Who founded it?',
    answers:
      number % 2 === 0 ? { text: ['Ada Holmson'], answer_start: [23] } : { text: [], answer_start: [] },
  }))
    .map((row) => JSON.stringify(row))
    .join('\n'),
);
const training = [
  'train',
  'bert-mini',
  ...['--model-name-or-path', 'random', '--config-name', writeTinyConfig(folder)],
  ...['--vocab-file', sample.vocabFile, '--train-file', file, '--validation-file', file],
  ...['--max-steps', '2', '--max-seq-length', '64', '--doc-stride', '16'],
];

test('a model of v2.0 is trained, evaluated and scored', async (t) => {
  const dir = join(folder, 'run');
  const trained = await qaNative(...training, '--version-2-with-negative', '--output-dir', dir);
  t.is(trained.code, 0, trained.stderr);
  t.regex(trained.stdout, /^\{'exact': [\d.]+, 'f1': [\d.]+, 'total': 12, 'HasAns_exact': [\d.]+, /m);
  const results = read(dir, 'eval_results.json');
  t.is(results['NoAns_total'], 6);
  t.is(Object.keys(read(dir, 'null_odds.json')).length, 12);

  // What was written scores the same.
  const scored = await qaNative(
    'score',
    ...['--predictions', join(dir, 'predictions.json'), '--validation-file', file],
    ...['--null-odds', join(dir, 'null_odds.json')],
  );
  t.is(scored.code, 0, scored.stderr);
  t.deepEqual(JSON.parse(scored.stdout), results);

  const page = join(folder, 'report.html');
  const reported = await qaNative('report', dir, '--validation-file', file, '--output', page);
  t.is(reported.code, 0, reported.stderr);
  t.regex(readFileSync(page, 'utf8'), /words of the answer/);

  // The questions, and that some have no answer, are the run's own without being told again.
  // A threshold that nothing reaches leaves no empty answer; one that all reach, nothing else.
  for (const [threshold, isEmpty] of [
    ['1000', false],
    ['-1000', true],
  ] as const) {
    const output = join(folder, threshold);
    const evaluated = await qaNative(
      'eval',
      ...['--model-dir', dir, '--output-dir', output, '--null-score-diff-threshold', threshold],
    );
    t.is(evaluated.code, 0, evaluated.stderr);
    for (const text of Object.values(read(output, 'predictions.json'))) t.is(text === '', isEmpty);
  }

  const without = await qaNative('eval', '--model-dir', dir, '--validation-file', file);
  t.is(without.code, 1);
  t.regex(without.stderr, /an accepted answer for each question .* none for 6 of 12 \(1 for one\)/);
});

test('what could not be evaluated is not trained', async (t) => {
  const dir = join(folder, 'refused');
  const refused = await qaNative(...training, '--output-dir', dir);
  t.is(refused.code, 1);
  t.regex(refused.stderr, /--version-2-with-negative where questions may have no answer/);
  t.false(existsSync(dir));
});

test('training on v2.0 without its flag says what comes of it', async (t) => {
  const { code, stderr } = await qaNative(...training, '--no-eval', '--output-dir', join(folder, 'no-flag'));
  t.is(code, 0);
  t.regex(stderr, /6 questions have no answer; .* --version-2-with-negative .*: 1, 3, 5, 7, 9, …\n/);
});

test('a threshold must be a number', async (t) => {
  const refused = await qaNative(...training, '--null-score-diff-threshold', 'much');
  t.is(refused.code, 2);
  t.regex(refused.stderr, /--null-score-diff-threshold to be a number, got/);
});

for (const { name, questions, predictions, odds, threshold, metrics } of fixture.scores) {
  test(`score prints what the official evaluator does: ${name}`, async (t) => {
    const path = (kind: string) => join(folder, `${name} ${kind}.json`);
    const rows = questions.map(([id, texts]) => ({
      id,
      context: '',
      question: '',
      answers: { text: texts, answer_start: texts.map(() => 0) },
    }));
    writeFileSync(path('questions'), JSON.stringify({ data: rows }));
    writeFileSync(path('predictions'), JSON.stringify(predictions));
    const args = ['--predictions', path('predictions'), '--validation-file', path('questions')];
    if (odds !== null) {
      writeFileSync(path('odds'), JSON.stringify(Object.fromEntries(odds), null, 1));
      args.push('--na-prob-file', path('odds'), '--na-prob-thresh', String(threshold));
    }
    const { code, stdout, stderr } = await qaNative('score', ...args);
    t.is(code, 0, stderr);
    t.is(stdout, `${JSON.stringify(metrics)}\n`);
  });
}

test('odds are taken in the order of the file, whatever the ids look like', async (t) => {
  // Answering "2" costs what answering "1" gains: of equal odds the first decides.
  const rows = [
    { id: '1', answers: { text: ['x'], answer_start: [0] } },
    { id: '2', answers: { text: [], answer_start: [] } },
  ];
  const questions = join(folder, 'order.json');
  const predictions = join(folder, 'order-predictions.json');
  writeFileSync(questions, JSON.stringify(rows.map((row) => ({ ...row, context: 'x', question: 'y' }))));
  writeFileSync(predictions, '{"1": "x", "2": "y"}');
  const best = async (odds: string) => {
    const path = join(folder, 'order-odds.json');
    writeFileSync(path, odds);
    const args = ['--predictions', predictions, '--validation-file', questions, '--na-prob-file', path];
    const { stdout } = await qaNative('score', ...args);
    return (JSON.parse(stdout) as Record<string, number>)['best_exact'];
  };
  t.is(await best('{"1": 0.5, "2": 0.5}'), 100);
  t.is(await best('{"2": 0.5, "1": 0.5}'), 50);
});

test('odds that are none are refused in a sentence', async (t) => {
  const predictions = join(folder, 'none-predictions.json');
  writeFileSync(
    predictions,
    JSON.stringify(Object.fromEntries(Array.from({ length: 12 }, (_, n) => [n, '']))),
  );
  const args = ['score', '--predictions', predictions, '--validation-file', file];
  const path = join(folder, 'none-odds.json');
  for (const [odds, message] of [
    ['{"0": "high"}', /question 0 has "high"/],
    ['{"0": 1}', /number for each question among the odds of no answer, got none for 1;/],
    ['[1]', /it holds a list/],
    ['{"0": NaN}', /could not read one/],
  ] as const) {
    writeFileSync(path, odds);
    const { code, stderr } = await qaNative(...args, '--na-prob-file', path);
    t.is(code, 1);
    t.regex(stderr, message);
  }
  writeFileSync(predictions, '{}');
  const missing = await qaNative(...args);
  t.is(missing.code, 1);
  t.regex(missing.stderr, /a prediction for each question, got none for 0;/);
});
