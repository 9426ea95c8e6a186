import { mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { basename, join } from 'node:path';
import test from 'ava';
import { arithmeticsOf } from '../../scripts/bench/arithmetics.js';
import { resumeScores, type Scores } from '../../scripts/bench/kept-scores.js';
import { parseOptions } from '../../scripts/bench/options.js';
import {
  compareScores,
  scoresMarkdown,
  shortScores,
  writeScorePages,
} from '../../scripts/bench/scores-page.js';
import { completeSeeds, scoreTable } from '../../scripts/bench/score-table.js';
import { measureScores } from '../../scripts/bench/scores.js';
import { QaError, UsageError } from '../../src/errors.js';
import { temporaryFolder } from '../cli/run.js';
import { writeTinyModel } from '../reader/tiny-model.js';

const temporary = temporaryFolder();

const asked: Scores = {
  machine: { name: 'm', processor: 'Some processor', cores: 2, memoryGiB: 8, gpu: null },
  software: { node: 'v20', torch: '2.13.0', cpu_capability: 'AVX512' },
  settings: {
    model: 'some-bert',
    train_file: 'dev.json',
    articles: 40,
    questions: 1200,
    features: 1234,
    held_out_articles: 8,
    held_out_questions: 300,
    num_train_epochs: 1,
    steps: 103,
    batch_size: 12,
    max_seq_length: 384,
    doc_stride: 128,
    learning_rate: 1e-4,
    warmup_ratio: 0,
    device: 'cpu',
    threads: 1,
  },
  arithmetics: ['default', '--fast', '--bf16'],
  seeds: [42, 1, 2],
  runs: [],
};

/** A row for each seed: F1 of each arithmetic; EM is ten less. */
function scoresOf(...rows: number[][]): Scores {
  const runs = rows.flatMap((row, index) =>
    row.map((f1, column) => ({
      seed: asked.seeds[index],
      arithmetic: asked.arithmetics[column],
      exact_match: f1 - 10,
      f1,
    })),
  );
  return { ...asked, runs };
}

const whole = scoresOf([50, 50.5, 47], [52, 51.5, 48], [51, 51, 49]);

test('the table has each seed, the mean, and how far the seeds lie apart', (t) => {
  const lines = scoreTable(whole).split('\n');
  const cells = (line: string) =>
    line
      .split('|')
      .slice(1, -1)
      .map((cell) => cell.trim());
  t.deepEqual(cells(lines[0]), ['', 'seed 42', 'seed 1', 'seed 2', 'mean', 'most - least']);
  t.deepEqual(cells(lines[2]), ['F1, default', '50.00', '52.00', '51.00', '51.00', '2.00']);
  t.deepEqual(cells(lines[3]), ['F1, --fast', '50.50', '51.50', '51.00', '51.00', '1.00']);
  t.deepEqual(cells(lines[7]), ['EM, --bf16', '37.00', '38.00', '39.00', '38.00', '2.00']);
});

test('a sentence says whether the means differ by more than the default’s seeds', (t) => {
  const [fast, bf16] = compareScores(scoresOf([50, 51, 47], [52, 52, 48], [51, 52, 49]));
  t.is(
    fast,
    "- **--fast**: a mean F1 of 51.67, 0.67 points above the default's 51.00, within the 2.00 points by which the default's own seeds differ.",
  );
  t.is(
    bf16,
    "- **--bf16**: a mean F1 of 48.00, 3.00 points below the default's 51.00, more than the 2.00 points by which the default's own seeds differ.",
  );
});

test('a seed counts once all its runs are done', (t) => {
  const unfinished = scoresOf([50, 50.5, 47], [99, 98]);
  t.deepEqual(completeSeeds(unfinished), [42]);
  const text = scoresMarkdown(unfinished);
  t.false(text.includes('99'));
  t.true(text.includes('one seed does not tell'));
  t.true(text.includes('Of 3 seeds, 2 are not measured yet.'));
  t.false(scoresMarkdown(whole).includes('not measured yet'));
  t.deepEqual(shortScores(scoresOf([50])), []);
  t.regex(scoresMarkdown(scoresOf([50])), /No seed is complete yet/);
});

test('the pages say of what size the runs were', async (t) => {
  const folder = join(temporary, 'pages', 'bench');
  mkdirSync(join(folder, 'scores'), { recursive: true });
  const marks = '<!-- scores: written -->\nold\n<!-- /scores -->\n';
  for (const path of [join(folder, 'README.md'), join(folder, '..', 'README.md')]) {
    writeFileSync(path, `before\n\n${marks}\nafter\n`);
  }
  writeFileSync(join(folder, 'scores', 'm.json'), JSON.stringify(whole));
  await writeScorePages(folder);
  const bench = readFileSync(join(folder, 'README.md'), 'utf8');
  t.regex(
    bench,
    /^before\n\n<!-- scores: written -->\n\nTrained from some-bert on 1,200 questions of 40 articles/,
  );
  t.regex(bench, /1 epoch, 103 steps of 12 x 384,\s+learning rate 0\.0001, warmup ratio 0 \(/);
  t.regex(bench, /300 questions of 8 other articles/);
  t.false(bench.includes('old'));
  const front = readFileSync(join(folder, '..', 'README.md'), 'utf8');
  t.regex(front.replace(/\s+/g, ' '), /Mean F1 of 3 seeds, .* default 51\.00, --fast 51\.00, --bf16 48\.00;/);
});

test('a measurement goes on from its file, but not from another’s', async (t) => {
  const path = join(temporary, 'kept.json');
  t.deepEqual(await resumeScores(path, asked), asked);
  writeFileSync(path, JSON.stringify(whole));
  t.deepEqual(await resumeScores(path, asked), whole);
  const other = { ...asked, settings: { ...asked.settings, learning_rate: 3e-5, steps: 7 } };
  const error = await t.throwsAsync(resumeScores(path, other), { instanceOf: QaError });
  t.regex(error.message, /another settings\.steps, settings\.learning_rate; ask as before/);
  writeFileSync(path, '{"runs": [');
  await t.throwsAsync(resumeScores(path, asked), {
    instanceOf: QaError,
    message: /remove it to measure anew/,
  });
});

/** What `npm run bench -- --scores` takes, of a few questions about six articles. */
async function tinyArgs(name: string) {
  const folder = join(temporary, name);
  mkdirSync(folder);
  const names = ['Ann', 'Bea', 'Cem', 'Dan', 'Eva', 'Fay'];
  const data = names.map((who) => ({
    title: who,
    paragraphs: [
      {
        context: `${who} is here.`,
        qas: [0, 1].map((n) => ({
          id: `${who}${n}`,
          question: 'Who is here?',
          answers: [{ text: who, answer_start: 0 }],
        })),
      },
    ],
  }));
  const trainFile = join(folder, 'questions.json');
  writeFileSync(trainFile, JSON.stringify({ version: '1.1', data }));
  const modelNameOrPath = join(folder, 'tiny-bert');
  mkdirSync(modelNameOrPath);
  await writeTinyModel(modelNameOrPath);
  return {
    ...(await parseOptions()),
    trainFile,
    modelNameOrPath,
    outputDir: folder,
    threads: 1,
    maxSeqLength: 32,
    docStride: 8,
  };
}

function onlyFile(folder: string): string {
  const [name] = readdirSync(folder);
  return join(folder, name);
}

test.serial('an interrupted measurement trains what is missing, and nothing again', async (t) => {
  const args = await tinyArgs('run');
  const said: string[] = [];
  await measureScores(args, (text) => void said.push(text));
  const file = onlyFile(join(args.outputDir, 'scores'));
  const first = JSON.parse(readFileSync(file, 'utf8')) as Scores;
  t.regex(basename(file), /^tiny-bert-[a-z0-9-]+\.json$/);
  t.is(first.settings.model, 'tiny-bert');
  t.false(JSON.stringify(first).includes(temporary));
  t.deepEqual(
    first.runs.map(({ seed, arithmetic }) => `${seed} ${arithmetic}`),
    [42, 1, 2].flatMap((seed) => ['default', '--fast', '--bf16'].map((name) => `${seed} ${name}`)),
  );
  t.is(first.settings.questions, 10);
  t.is(first.settings.held_out_questions, 2);

  t.is(said.length, 10);
  t.regex(said[1], /^--fast, seed 42: EM \d/);

  // A value that no run gives stays; the run that is gone is made again, to the same bits.
  const marked = first.runs.map((run, index) => (index === 0 ? { ...run, f1: -1 } : run));
  writeFileSync(file, JSON.stringify({ ...first, runs: marked.slice(0, -1) }));
  await measureScores(args, () => undefined);
  t.deepEqual((JSON.parse(readFileSync(file, 'utf8')) as Scores).runs, marked);
});

test.serial('what cannot be measured is refused with a remedy', async (t) => {
  const args = await tinyArgs('bad');
  const refused = async (changes: object, message: RegExp) => {
    await t.throwsAsync(measureScores({ ...args, ...changes }), { instanceOf: UsageError, message });
  };
  await refused({ modelNameOrPath: undefined }, /^Expected --model-name-or-path .* got none; give/);
  await refused({ modelNameOrPath: 'random' }, /got random; give/);
  await refused({ maxTrainSamples: 0 }, /--max-train-samples to be a whole number/);
  await refused({ maxEvalSamples: 1.5 }, /--max-eval-samples to be a whole number/);
  await refused({ learningRate: -1 }, /--learning-rate/);
  await t.throwsAsync(measureScores({ ...args, modelNameOrPath: join(temporary, 'nowhere') }), {
    instanceOf: QaError,
    message: /Expected the folder of a model/,
  });
});

test('the CPU has what the flags do not refuse there', (t) => {
  t.deepEqual(
    arithmeticsOf('cpu').map(({ name }) => name),
    ['default', '--fast', '--bf16'],
  );
});
