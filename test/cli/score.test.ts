import { spawnSync } from 'node:child_process';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import anyTest, { type TestFn } from 'ava';

// The command in a process of its own, as a script would call it.

const test = anyTest as TestFn<{ folder: string }>;
test.beforeEach(async (t) => {
  t.context.folder = await mkdtemp(join(tmpdir(), 'score-'));
});
test.afterEach.always((t) => rm(t.context.folder, { recursive: true }));

const program = fileURLToPath(new URL('../../bin/qa-native.js', import.meta.url));

/** Three questions; the first's answer is not at its offset, which scoring does not read. */
const squad = {
  version: '1.1',
  data: [
    {
      title: 'Rivers',
      paragraphs: [
        {
          context: 'The river Aare flows to the Rhine.',
          qas: [
            { id: 'a', question: 'Which river?', answers: [{ text: 'Aare', answer_start: 2 }] },
            {
              id: 'b',
              question: 'Where to?',
              answers: [
                { text: 'to the Rhine', answer_start: 21 },
                { text: 'Rhine', answer_start: 28 },
              ],
            },
            { id: 'c', question: 'What is it?', answers: [{ text: 'river', answer_start: 4 }] },
          ],
        },
      ],
    },
  ],
};

async function score(folder: string, predictions: string | Buffer, validation = JSON.stringify(squad)) {
  const [predictionsFile, validationFile] = [join(folder, 'predictions.json'), join(folder, 'dev.json')];
  await writeFile(predictionsFile, predictions);
  await writeFile(validationFile, validation);
  const args = [program, 'score', '--predictions', predictionsFile, '--validation-file', validationFile];
  const { status, stdout, stderr } = spawnSync(process.execPath, args, { encoding: 'utf8' });
  return { status, stdout, stderr };
}

test('one JSON line at full precision', async (t) => {
  const predictions = { a: 'the river Aare!', b: 'The  RHINE', c: 'brook', unknown: 'x' };
  t.deepEqual(await score(t.context.folder, JSON.stringify(predictions)), {
    status: 0,
    // (2/3 + 1 + 0) / 3 and 1 / 3 in percent, as Python prints them.
    stdout: '{"exact_match":33.333333333333336,"f1":55.55555555555555}\n',
    stderr: '',
  });
});

test('a byte order mark is no part of the predictions, as it is none of the questions', async (t) => {
  const bom = '\ufeff';
  const { status, stderr } = await score(
    t.context.folder,
    `${bom}{"a": "Aare", "b": "Rhine", "c": "river"}`,
    `${bom}${JSON.stringify(squad)}`,
  );
  t.is(stderr, '');
  t.is(status, 0);
});

test('a missing prediction scores 0 and is named on stderr', async (t) => {
  const { status, stdout, stderr } = await score(t.context.folder, '{"a": "Aare", "b": "Rhine"}');
  t.is(status, 0);
  t.is(stdout, '{"exact_match":66.66666666666667,"f1":66.66666666666667}\n');
  t.is(stderr, 'qa-native: 1 of 3 questions have no prediction and score 0: c\n');
});

for (const [what, predictions, validation, message] of [
  [
    'predictions that are not JSON',
    '{"a": ',
    undefined,
    /Expected a JSON object of answer texts .*predictions\.json/,
  ],
  [
    'predictions that are not UTF-8',
    Buffer.from('{"a": "caf\xe9"}', 'latin1'),
    undefined,
    /could not read one \(The encoded data was not valid/,
  ],
  ['a list of predictions', '[]', undefined, /could not read one \(it holds a list\)/],
  [
    'a number as prediction',
    '{"a": 3}',
    undefined,
    /Expected the prediction for question a to be a string, got 3/,
  ],
  [
    'a long list as prediction',
    JSON.stringify({ a: Array(100).fill(7) }),
    undefined,
    /to be a string, got \[7,7,[7,]{55}…; predictions are/,
  ],
  ['a file that is not SQuAD', '{}', '{"rows": []}', /dev\.json/],
  ['a SQuAD file without questions', '{}', '{"data": []}', /Expected a question in/],
] as const) {
  test(`one sentence and exit code 1: ${what}`, async (t) => {
    const { status, stdout, stderr } = await score(t.context.folder, predictions, validation);
    t.is(status, 1);
    t.is(stdout, '');
    t.regex(stderr, message);
    t.is(stderr.trim().split('\n').length, 1);
  });
}

test('a file that is not there is one sentence, a missing option wrong usage', (t) => {
  const run = (...args: string[]) =>
    spawnSync(process.execPath, [program, 'score', ...args], { encoding: 'utf8' });
  const absent = join(t.context.folder, 'absent.json');
  const missing = run('--predictions', absent, '--validation-file', absent);
  t.is(missing.status, 1);
  t.true(missing.stderr.includes(absent));
  t.is(run('--predictions', absent).status, 2);
  t.is(run('--predictions', absent, '--validation-file', absent, '--json').status, 1);
});
