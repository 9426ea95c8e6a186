import { writeFileSync } from 'node:fs';
import type { RequestListener } from 'node:http';
import { join } from 'node:path';
import test from 'ava';
import { sample } from '../../src/data/sample.js';
import { serving } from '../serving.js';
import { qaNative, qaNativeWith, temporaryFolder } from './run.js';

const folder = temporaryFolder();
const vocabulary = ['[PAD]', '[UNK]', '[CLS]', '[SEP]', 'a', 'b', 'c', 'd', 'e', 'q', '?'];

interface Question {
  readonly id: string;
  readonly context?: string;
  readonly question?: string;
  readonly answers?: readonly (readonly [text: string, start: number])[];
}

/** Writes questions as JSON Lines, by default a sound one, and checks them in windows of 8 tokens that share 2. */
async function check(
  name: string,
  questions: readonly Question[],
  { tokens = vocabulary, doLowerCase = true, flags = [] as readonly string[] } = {},
) {
  const file = join(folder, `${name}.jsonl`);
  const rows = questions.map(({ id, context = `a b c ${id}`, question = 'q?', answers = [['a', 0]] }) => ({
    id,
    context,
    question,
    answers: { text: answers.map(([text]) => text), answer_start: answers.map(([, start]) => start) },
  }));
  writeFileSync(file, rows.map((row) => JSON.stringify(row)).join('\n'));
  writeFileSync(join(folder, 'vocab.txt'), tokens.join('\n'));
  writeFileSync(join(folder, 'tokenizer_config.json'), JSON.stringify({ do_lower_case: doLowerCase }));
  const args = ['check', '--train-file', file, '--model-name-or-path', folder, '--json', ...flags];
  const sizes = ['--max-seq-length', '8', '--doc-stride', '2', '--max-answer-length', '2'];
  const { code, stdout } = await qaNative(...args, ...sizes);
  const report = JSON.parse(stdout) as {
    readonly ok: boolean;
    readonly findings: readonly {
      kind: string;
      severity: string;
      count: number;
      ids: readonly string[];
    }[];
  };
  return { code, report, found: report.findings.map(({ kind, ids }) => ({ kind, ids })) };
}

test.serial('a sound file is checked without a finding, and says how many windows it makes', async (t) => {
  // Three of eight positions are left for the context: five tokens make three windows that share two of them.
  const { code, report } = await check('sound', [{ id: 'd', context: 'a b c d e' }, { id: 'e' }]);
  t.is(code, 0);
  t.true(report.ok);
  t.deepEqual(report.findings, []);
  t.like(report, {
    questions: 2,
    contexts: 2,
    unanswerable: 0,
    tokens: {
      contexts: { least: 4, median: 5, most: 5 },
      questions: { least: 2, median: 2, most: 2 },
      answers: { least: 1, median: 1, most: 1 },
    },
    windows: { total: 5, least: 2, median: 3, most: 3 },
  });
});

const cases: readonly (readonly [
  kind: string,
  severity: 'error' | 'warning',
  questions: readonly Question[],
  ids: readonly string[],
])[] = [
  ['duplicateIds', 'error', [{ id: 'd' }, { id: 'd', context: 'a b' }, { id: 'd', context: 'a' }], ['d']],
  [
    'misplacedAnswers',
    'error',
    [{ id: 'd' }, { id: 'e', answers: [['b', 0]] }, { id: 'x', context: '😀 a', answers: [['a', 2]] }],
    ['e'],
  ],
  ['unanswerable', 'error', [{ id: 'd', answers: [] }, { id: 'e' }], ['d']],
  ['noRoom', 'error', [{ id: 'd' }, { id: 'e', question: 'q q q' }], ['e']],
  [
    'cutAnswers',
    'warning',
    [
      { id: 'd', context: 'a b c d', answers: [['a b c d', 0]] },
      { id: 'e', context: 'a b c d e', answers: [['d e', 6]] },
    ],
    ['d'],
  ],
  [
    'longAnswers',
    'warning',
    [
      { id: 'd', answers: [['a b c', 0]] },
      { id: 'e', answers: [['b c', 2]] },
    ],
    ['d'],
  ],
  [
    'duplicateQuestions',
    'warning',
    [
      { id: 'd', context: 'a' },
      { id: 'e', context: 'a' },
    ],
    ['e'],
  ],
  ['emptyQuestions', 'warning', [{ id: 'd', question: ' ' }, { id: 'e' }], ['d']],
  ['emptyAnswers', 'warning', [{ id: 'd', answers: [['', 2]] }, { id: 'e' }], ['d']],
];

for (const [kind, severity, questions, ids] of cases) {
  test.serial(`${severity}: ${kind}`, async (t) => {
    const { code, report } = await check(kind, questions);
    const found = report.findings.find((finding) => finding.kind === kind);
    t.like(found, { severity, count: ids.length });
    t.deepEqual(found?.ids, ids);
    t.is(report.findings.length, 1);
    t.is(code, severity === 'error' ? 1 : 0);
    t.is(report.ok, severity === 'warning');
  });
}

test.serial('an empty context is told beside its answer, which it cannot hold', async (t) => {
  const { code, found } = await check('empty', [{ id: 'd', context: '' }]);
  t.is(code, 1);
  t.deepEqual(
    found.map(({ kind }) => kind),
    ['misplacedAnswers', 'cutAnswers', 'emptyContexts'],
  );
});

test.serial('unanswerable questions are no finding where the flag says so', async (t) => {
  const flags = ['--version-2-with-negative'];
  const { code, found } = await check('v2', [{ id: 'd', answers: [] }, { id: 'e' }], { flags });
  t.is(code, 0);
  t.deepEqual(found, []);
});

test.serial('capitals must be lowered or known, not both', async (t) => {
  const questions = [{ id: 'd' }, { id: 'e', context: 'a B' }];
  const kept = await check('kept', questions, { doLowerCase: false });
  t.is(kept.code, 1);
  t.deepEqual(kept.found, [{ kind: 'unknownCapitals', ids: ['e'] }]);
  const cased = [...vocabulary, 'B'];
  t.deepEqual((await check('known', questions, { tokens: cased, doLowerCase: false })).found, []);
  const lowered = await check('lowered', questions);
  t.is(lowered.code, 0);
  t.deepEqual(lowered.found, [{ kind: 'loweredCapitals', ids: ['e'] }]);
  const lost = await check('lost', questions, { tokens: cased });
  t.is(lost.code, 0);
  t.deepEqual(lost.found, [{ kind: 'lostCapitals', ids: ['e'] }]);
});

test.serial('what people read: counts, five ids, a verdict', async (t) => {
  const file = join(folder, 'people.jsonl');
  const row = { context: 'a', question: 'q', answers: { text: ['b'], answer_start: [0] } };
  writeFileSync(file, Array.from({ length: 7 }, (_, id) => JSON.stringify({ ...row, id })).join('\n'));
  const { code, stdout } = await qaNative('check', '--train-file', file);
  t.is(code, 1);
  t.regex(stdout, /people\.jsonl: 7 questions about 1 context, 0 of them without an answer\./);
  t.regex(
    stdout,
    /^error: answers that are not at their .*: 7 \(0, 1, 2, 3, 4, and 2 more\); their labels .*$/m,
  );
  t.regex(stdout, /^Windows were not looked at: give --vocab-file/m);
  t.regex(stdout, /^Training on this file would go wrong\.$/m);
});

test.serial('where no question leaves room for a window, none are counted', async (t) => {
  const file = join(folder, 'no-room.jsonl');
  const question = 'a '.repeat(400);
  const row = { id: 'long', context: 'a', question, answers: { text: ['a'], answer_start: [0] } };
  writeFileSync(file, JSON.stringify(row));
  const vocabulary = ['--vocab-file', sample.vocabFile];
  const { code, stdout } = await qaNative('check', '--train-file', file, ...vocabulary);
  t.is(code, 1);
  t.regex(stdout, /^No question has a window\.$/m);
  t.regex(stdout, /^error: questions that leave no room .*: 1 \(long\)/m);
});

test.serial('the sample is sound, with the windows that it brings', async (t) => {
  const { code, stdout, stderr } = await qaNative('check', '--dataset', 'sample');
  t.is(code, 0, stderr);
  t.regex(stdout, /^2,400 windows: 1 to 1 a question\.$/m);
  t.regex(stdout, /^Training can begin\.$/m);
});

test.serial('SQuAD is downloaded once, and only the part that is looked at', async (t) => {
  const qas = Array.from({ length: 87_599 }, (_, id) => ({
    id: `q${id}`,
    question: `b${id}`,
    answers: [{ text: 'a', answer_start: 0 }],
  }));
  const squad = JSON.stringify({ data: [{ paragraphs: [{ context: 'a', qas }] }] });
  const asked: string[] = [];
  const listener: RequestListener = (request, response) => {
    asked.push(request.url ?? '');
    response.end(squad);
  };
  await serving(listener, async (url) => {
    const environment = { QA_NATIVE_SQUAD_SITE: url, QA_NATIVE_CACHE: folder, HF_ENDPOINT: url };
    for (let count = 0; count < 2; count++) {
      const { code, stdout, stderr } = await qaNativeWith(environment, 'check', '--dataset', 'squad');
      t.is(code, 0, stderr);
      t.regex(stdout, /87,599 questions about 1 context,/);
    }
  });
  t.deepEqual(asked, ['/train-v1.1.json']);
});

test.serial('a file that cannot be read is one sentence, no file wrong usage', async (t) => {
  const unreadable = await qaNative('check', '--train-file', sample.vocabFile);
  t.is(unreadable.code, 1);
  t.regex(unreadable.stderr, /^qa-native: Expected a file of questions at .*\n$/);
  t.is((await qaNative('check')).code, 2);
});

test.serial('thousands of questions about one long text take no memory for a copy of it each', async (t) => {
  const qas = Array.from({ length: 4000 }, (_, index) => ({
    id: `${index}`,
    question: `q ${index}?`,
    answers: [],
  }));
  const squad = { data: [{ paragraphs: [{ context: 'a b c '.repeat(10_000), qas }] }] };
  const file = join(folder, 'long.json');
  writeFileSync(file, JSON.stringify(squad));
  const flags = ['--version-2-with-negative', '--train-file', file];
  const { code, stderr } = await qaNativeWith({ NODE_OPTIONS: '--max-old-space-size=96' }, 'check', ...flags);
  t.is(stderr, '');
  t.is(code, 0);
});
