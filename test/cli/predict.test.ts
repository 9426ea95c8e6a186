import { spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, readFileSync, readdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import test from 'ava';
import { writeTinyModel } from '../reader/tiny-model.js';
import { bin, qaNative, qaNativeReading, temporaryFolder } from './run.js';

const folder = temporaryFolder();
const model = ['--model-dir', join(folder, 'tiny')];
const context = 'Åse 😀 founded Oakford. It received its charter in 1512.';
const contextFile = join(folder, 'context.txt');

interface Answer {
  readonly text: string;
  readonly start: number;
  readonly end: number;
}

const parseLines = (text: string) =>
  text
    .trim()
    .split('\n')
    .map((line) => JSON.parse(line) as Record<string, unknown>);

test.before(async () => {
  await writeTinyModel(join(folder, 'tiny'));
  writeFileSync(contextFile, context);
});

test('one question: a line an answer, with its place and probability, or as JSON', async (t) => {
  const ask = [
    'predict',
    ...model,
    '--question',
    'Who founded Oakford?',
    '--context-file',
    contextFile,
    '--top-k',
    '3',
  ];
  const [plain, json] = await Promise.all([qaNative(...ask), qaNative(...ask, '--json')]);
  t.is(plain.code, 0, plain.stderr);
  t.is(json.code, 0, json.stderr);
  const answers = parseLines(json.stdout) as unknown as (Answer & { probability: number })[];
  t.is(answers.length, 3);
  for (const { text, start, end } of answers) t.is(context.slice(start, end), text);
  t.deepEqual(
    plain.stdout.trimEnd().split('\n'),
    answers.map(
      ({ text, start, end, probability }) =>
        `${text}  [${start}, ${end})  ${(100 * probability).toFixed(1)} %`,
    ),
  );
});

test('a file of questions: each line comes back in its place, with answers beside; bad ones are named', async (t) => {
  const [input, output] = [join(folder, 'in.jsonl'), join(folder, 'out.jsonl')];
  const rows = [
    { id: 'a', question: 'Who?', context, note: { kept: true } },
    { question: 'When?\u2028really', context: context.repeat(20) },
  ];
  const good = rows.map((row) => JSON.stringify(row));
  const bad = ['{"question": "Who?"', '{"question": 7, "context": "x"}', 'null'];
  const tooLong = JSON.stringify({ question: 'why '.repeat(100), context });
  writeFileSync(input, [good[0], '', ...bad, tooLong, `${good[1]}\r`, ''].join('\n'));
  const { code, stderr } = await qaNative(
    'predict',
    ...model,
    '--input',
    input,
    '--output',
    output,
    '--top-k',
    '2',
  );
  t.is(code, 1);
  t.regex(
    stderr,
    /4 of 6 could not be answered \(line 3: .*; line 4: .*; line 5: .*; line 6: .*\); the others are in/,
  );
  t.false(stderr.includes('    at '), stderr);

  const [first, ...others] = parseLines(readFileSync(output, 'utf8'));
  const last = others.pop();
  t.deepEqual(
    others.map(({ line }) => line),
    [3, 4, 5, 6],
  );
  for (const [index, outcome] of [first, last].entries()) {
    const { answers, ...row } = outcome as { answers: Answer[] };
    t.deepEqual(row, rows[index] as object);
    t.is(answers.length, 2);
    for (const { text, start, end } of answers) t.is(rows[index].context.slice(start, end), text);
  }
});

test('a conversation: a question a line until the input ends; what is wrong with one does not end it', async (t) => {
  const questions = ['Who founded Oakford?', '', 'why '.repeat(100), 'When was that?'];
  const { code, stdout, stderr } = await qaNativeReading(
    questions.join('\n'),
    'predict',
    ...model,
    '--context',
    context,
    '--json',
  );
  t.is(code, 0, stderr);
  t.is(parseLines(stdout).length, 2);
  t.regex(stderr, /Expected question "why why .*…" to leave more than/);
});

test('where nobody reads the answers any more, as after `| head -1`, the conversation ends in peace', async (t) => {
  const child = spawn(process.execPath, [bin, 'predict', ...model, '--context', context]);
  let stderr = '';
  child.stderr.on('data', (chunk: Buffer) => (stderr += chunk.toString()));
  // One that goes on to answer all of them has not noticed.
  child.stdin.on('error', () => undefined).write('Who?\n'.repeat(500));
  const exited = once(child, 'exit');
  await once(child.stdout, 'data');
  child.stdout.destroy();
  t.deepEqual(await exited, [0, null], stderr);
  t.is(stderr, '');
});

test('files are UTF-8: a byte order mark is no text, and other bytes are refused', async (t) => {
  const [input, output, text] = ['bom.jsonl', 'bom.out.jsonl', 'bom.txt'].map((name) => join(folder, name));
  writeFileSync(input, `\ufeff${JSON.stringify({ question: 'Who?', context })}\n`);
  writeFileSync(text, `\ufeff${context}`);
  const files = ['--input', input, '--output', output];
  const ask = ['predict', ...model, '--json', '--question', 'Who?', '--context-file'];
  const [lines, answer] = await Promise.all([
    qaNative('predict', ...model, ...files),
    qaNative(...ask, text),
  ]);
  t.is(lines.code, 0, lines.stderr);
  const [row] = parseLines(readFileSync(output, 'utf8')) as [{ answers: Answer[] }];
  const [{ start, end, text: found }] = parseLines(answer.stdout) as unknown as Answer[];
  t.is(context.slice(start, end), found);
  t.like(row.answers[0], { start, end, text: found });

  for (const path of [input, text]) writeFileSync(path, Buffer.from('{"caf\u00e9": 1}', 'latin1'));
  for (const { code, stderr } of [
    await qaNative('predict', ...model, ...files),
    await qaNative(...ask, text),
  ]) {
    t.is(code, 1);
    t.regex(stderr, /could not be read \(.*utf-8\)/);
  }
});

test('a signal ends a file of questions with a sentence, and leaves nothing half done', async (t) => {
  const [input, output] = ['many.jsonl', 'many.out.jsonl'].map((name) => join(folder, name));
  writeFileSync(input, `${JSON.stringify({ question: 'Who?', context })}\n`.repeat(50_000));
  const child = spawn(process.execPath, [bin, 'predict', ...model, '--input', input, '--output', output]);
  let stderr = '';
  child.stderr.on('data', (chunk: Buffer) => (stderr += chunk.toString()));
  const begun = () => readdirSync(folder).filter((name) => name.startsWith('many.out.jsonl'));
  while (begun().length === 0 && child.exitCode === null) await sleep(5);
  child.kill('SIGINT');
  const [code] = (await once(child, 'exit')) as [number | null];
  t.is(code, 130);
  t.is(stderr, `\nqa-native: SIGINT: ended; ${output} is as it was before.\n`);
  t.deepEqual(begun(), []);
});

test('where nobody reads the output any more, as after `| head -1`, the other lines need no answer', (t) => {
  const [input, output] = ['unread.jsonl', '/dev/stdout'];
  writeFileSync(join(folder, input), `${JSON.stringify({ question: 'Who?', context })}\n`.repeat(5000));
  const files = ['--input', join(folder, input), '--output', output];
  const command = [
    '{ "$@"; echo "code $?" >&2; } | head -1',
    'sh',
    process.execPath,
    bin,
    'predict',
    ...model,
  ];
  const { stdout, stderr } = spawnSync('sh', ['-c', ...command, ...files], { encoding: 'utf8' });
  t.is(parseLines(stdout).length, 1);
  t.is(stderr, 'code 0\n');
});

test('of a pipe, too, it is told how many questions could not be answered', (t) => {
  const files = ['--input', '/dev/stdin', '--output', join(folder, 'pipe.out.jsonl')];
  // What Node gives a child as its input is a socket, which has no name.
  const command = ['printf "{}\\n[]\\n" | "$@"', 'sh', process.execPath, bin, 'predict', ...model, ...files];
  const { status, stderr } = spawnSync('sh', ['-c', ...command], { encoding: 'utf8' });
  t.is(status, 1);
  t.regex(stderr, /but 2 of 2 could not be answered/);
});

test('flags that do not go together are wrong usage; files that are not there fail', async (t) => {
  const output = join(folder, 'none.jsonl');
  const cases: [string[], number, RegExp][] = [
    [['--question', 'Who?'], 2, /--context or --context-file .* got neither/],
    [['--context', 'x', '--context-file', contextFile], 2, /got both/],
    [['--input', contextFile], 2, /--input and --output together/],
    [['--input', contextFile, '--output', output, '--question', 'Who?'], 2, /got both/],
    [['--question', 'Who?', '--context', 'x', '--top-k', '0'], 2, /--top-k .* got 0/],
    [['--question', 'Who?', '--context', 'x', '--max-answer-length', '0'], 2, /--max-answer-length .* got 0/],
    [['--question', 'Who?', '--context', 'x', '--device', 'tpu'], 2, /--device to be auto/],
    [['--question', 'Who?', '--context-file', join(folder, 'gone')], 1, /Expected a text at .*gone/],
    [['--input', join(folder, 'gone'), '--output', output], 1, /Expected questions at .*gone/],
  ];
  for (const [flags, expectedCode, message] of cases) {
    const { code, stderr } = await qaNative('predict', ...model, ...flags);
    t.is(code, expectedCode, `${flags.join(' ')}: ${stderr}`);
    t.regex(stderr, message);
  }
  t.false(existsSync(output));
});
