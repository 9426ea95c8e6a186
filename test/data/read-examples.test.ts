import { readFileSync } from 'node:fs';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import anyTest, { type TestFn } from 'ava';
import type { Example } from '../../src/data/examples.js';
import { readExamples } from '../../src/data/read-examples.js';
import { QaError } from '../../src/errors.js';

const test = anyTest as TestFn<{ folder: string }>;
test.beforeEach(async (t) => {
  t.context.folder = await mkdtemp(join(tmpdir(), 'examples-'));
});
test.afterEach.always((t) => rm(t.context.folder, { recursive: true }));

/** What scripts/reference/tables.py writes: files of Python's libraries, in base64. */
const fixture = JSON.parse(
  readFileSync(new URL('../../../test/fixtures/data/tables.json', import.meta.url), 'utf8'),
) as { readonly expected: readonly Example[]; readonly files: Readonly<Record<string, string>> };

for (const [name, content] of Object.entries(fixture.files)) {
  test(`${name} is read as Python wrote it`, async (t) => {
    const path = join(t.context.folder, name);
    await writeFile(path, Buffer.from(content, 'base64'));
    const { examples, misplaced, duplicates } = await readExamples(path);
    t.deepEqual(examples, fixture.expected);
    t.deepEqual([misplaced, duplicates], [[], []]);
  });
}

const answers = { text: ['Aare'], answer_start: [4] };
const row = { id: 'a', context: 'The Aare.', question: 'Which?', answers };
const header = 'id,context,question,answers\n';
const cell = (value: unknown) => `"${JSON.stringify(value).replaceAll('"', '""')}"`;

/** Each case: a file's name, its content, and what its error says. */
const refused: readonly (readonly [name: string, content: string | Buffer, message: RegExp])[] = [
  ['x.jsonl', '{"id": "a"}\n', /Expected a string at line 1, column question in \S*x\.jsonl, got nothing;/],
  [
    'x.jsonl',
    `${JSON.stringify(row)}\n\n{"id": `,
    /Expected a JSON object at line 3 in \S*x\.jsonl, got what cannot/,
  ],
  ['x.jsonl', `${JSON.stringify(row)}\n[]\n`, /Expected an object at line 2 in \S*x\.jsonl, got \[\];/],
  [
    'x.jsonl',
    `${JSON.stringify(row)}\n${JSON.stringify(row)}\n`,
    /an id of its own at line 2 .* "a" a second time/,
  ],
  ['x.jsonl', JSON.stringify({ ...row, id: null }), /a string at line 1, column id .* got null/],
  ['x.jsonl', '\n \n', /Expected a question in/],
  [
    'x.json',
    JSON.stringify({ data: [row, { ...row, id: 'b', answers: { text: ['x'], answer_start: [] } }] }),
    /as many answer_start as text at data\[1\], column answers in \S*, got 0 beside 1/,
  ],
  [
    'x.json',
    JSON.stringify([{ ...row, answers: { ...answers, answer_start: [-1] } }]),
    /a whole number of 0 or more as answer_start at row\[0\], column answers\.answer_start\[0\] .* got -1/,
  ],
  [
    'x.csv',
    'id,context,question\na,b,c\n',
    /Expected the columns id, .* in its first line .* got no answers/,
  ],
  ['x.csv', `${header}a,b\n`, /Expected CSV with a header in \S*x\.csv, .*line 2/],
  ['x.csv', `${header}a,"b\n`, /Expected CSV with a header in \S*x\.csv, .*/],
  [
    'x.csv',
    `${header}a,"two\nlines",c,${cell(answers)}\nb,c,d,Aare\n`,
    /at row 2 \(line 4\), column answers in \S*x\.csv, got "Aare" \(expected "\("/,
  ],
  ['x.csv', `${header}a,b,c,\n`, /at row 1 \(line 2\), column answers .* got "" /],
  ['x.csv', `${header}a,b,c,${'['.repeat(2e5)}${']'.repeat(2e5)}\n`, /got lists in lists without end;/],
  ['x.csv', '', /Expected a question in/],
  ['x.parquet', 'not parquet, but long enough', /Expected a file of questions at \S*x\.parquet, but .*read/],
  ['x.json.gz', gzipSync('{"data": []}').subarray(0, 20), /a file of questions at \S*x\.json\.gz, but/],
  ['x.json', '{"data": [', /Expected a file of questions at \S*x\.json, but it could not be read/],
  ['x.json', Buffer.from([0x7b, 0xff]), /Expected a file of questions at \S*x\.json, but .*valid/],
  ['x.json', '', /Expected a file of questions at \S*x\.json, but/],
];

for (const [name, content, message] of refused) {
  test(`a damaged ${name} is refused: ${message.source}`, async (t) => {
    const path = join(t.context.folder, name);
    await writeFile(path, content);
    const error = await t.throwsAsync(readExamples(path), {
      instanceOf: QaError,
      code: 'ERR_SQUAD_FORMAT',
      message,
    });
    t.notRegex(error.message, /\n/);
  });
}

test('a Parquet file that was cut is refused', async (t) => {
  const path = join(t.context.folder, 'cut.parquet');
  const whole = Buffer.from(fixture.files['snappy.parquet'], 'base64');
  for (const length of [whole.length - 1, 100, 3, 0]) {
    await writeFile(path, whole.subarray(0, length));
    await t.throwsAsync(readExamples(path), { code: 'ERR_SQUAD_FORMAT', message: /could not be read/ });
  }
});

test('bytes of a Parquet file that are no UTF-8 are refused', async (t) => {
  const path = join(t.context.folder, 'x.parquet');
  const damaged = (text: string) => {
    const bytes = Buffer.from(fixture.files['snappy.parquet'], 'base64');
    bytes[bytes.indexOf(text)] = 0xff;
    return bytes;
  };
  await writeFile(path, damaged('Which river?'));
  await t.throwsAsync(readExamples(path), { code: 'ERR_SQUAD_FORMAT', message: /UTF-8/ });
});

test('a Parquet file that claims more values than any memory holds is refused, and ends nothing else', async (t) => {
  const path = join(t.context.folder, 'endless.parquet');
  const whole = readFileSync(new URL('../../../test/fixtures/hub/dev-sized.parquet', import.meta.url));
  // In its first page: a value that is repeated 2^31 - 1 times.
  const run = Buffer.from([0xfe, 0xff, 0xff, 0xff, 0x0f]);
  await writeFile(path, Buffer.concat([whole.subarray(0, 16), run, whole.subarray(21)]));
  await t.throwsAsync(readExamples(path), { code: 'ERR_SQUAD_FORMAT', message: /could not be read/ });
});

test('a file that is not there is refused', async (t) => {
  const path = join(t.context.folder, 'none.json');
  await t.throwsAsync(readExamples(path), { message: /Expected a file of questions at \S*none\.json, but/ });
});

test('a CSV with several kinds of line ends, and empty lines, is read', async (t) => {
  const path = join(t.context.folder, 'x.csv');
  const line = (id: string) => `${id},The Aare.,Which?,${cell(answers)}`;
  await writeFile(path, `${header}${line('a')}\r\n\n${line('b')}\r${line('c')}\n\n\n`);
  t.deepEqual(
    (await readExamples(path)).examples.map(({ id }) => id),
    ['a', 'b', 'c'],
  );
});

test('whole numbers are ids, and a byte order mark is dropped', async (t) => {
  const path = join(t.context.folder, 'x.jsonl');
  await writeFile(path, `\ufeff${JSON.stringify({ ...row, id: 57 })}`);
  t.deepEqual(
    (await readExamples(path)).examples.map(({ id }) => id),
    ['57'],
  );
});

const others = { version: '1.1', data: 'x', source: ['a'] };
for (const [what, content] of [
  ['with line separators of Unicode', JSON.stringify({ ...row, context: 'The Aare.\u2028\u2029' })],
  ['after empty lines', `\n \r\n${JSON.stringify(row)}\r\n`],
  ['whose first column is version', JSON.stringify({ version: '1.1', ...row })],
  ['whose first column is data', JSON.stringify({ data: 'x', ...row })],
  ['whose first columns are those of SQuAD', JSON.stringify({ ...others, ...row })],
]) {
  test(`JSON Lines ${what} need no name of their own`, async (t) => {
    const path = join(t.context.folder, 'x.json');
    await writeFile(path, `${content}\n${JSON.stringify({ ...row, id: 'b' })}\n`);
    const { examples } = await readExamples(path);
    t.deepEqual(
      examples.map(({ id }) => id),
      ['a', 'b'],
    );
  });
}

test('ids that come again are told where they are kept', async (t) => {
  const path = join(t.context.folder, 'x.jsonl');
  await writeFile(path, `${JSON.stringify(row)}\n`.repeat(3));
  const { examples, duplicates } = await readExamples(path, { keepDuplicates: true });
  t.is(examples.length, 3);
  t.deepEqual(duplicates, ['a', 'a']);
});

test("a row may have SQuAD's own list of answers", async (t) => {
  const path = join(t.context.folder, 'x.jsonl');
  const own = [
    { text: 'Aare', answer_start: 4 },
    { text: 'The', answer_start: 0 },
  ];
  await writeFile(path, JSON.stringify({ ...row, answers: own }));
  t.deepEqual((await readExamples(path)).examples[0].answers, [
    { text: 'Aare', start: 4 },
    { text: 'The', start: 0 },
  ]);
});

test('of an unanswerable question the answers may be left out', async (t) => {
  const path = join(t.context.folder, 'x.jsonl');
  await writeFile(path, JSON.stringify({ ...row, answers: undefined, is_impossible: true }));
  t.deepEqual((await readExamples(path)).examples[0].answers, []);
});
