import { mkdtemp, readFile, readdir, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import anyTest, { type TestFn } from 'ava';
import yargs from 'yargs';
import { featuresCommand } from '../../src/cli/features.js';
import { QaError, UsageError } from '../../src/errors.js';
import { fixture } from '../data/feature-fixture.js';

const test = anyTest as TestFn<{ folder: string; squad: string; vocab: string; output: string }>;
test.beforeEach(async (t) => {
  const folder = await mkdtemp(join(tmpdir(), 'features-'));
  const [squad, vocab] = [join(folder, 'squad.json'), join(folder, 'vocab.txt')];
  await writeFile(squad, JSON.stringify(fixture.squad));
  await writeFile(vocab, fixture.vocabulary.join('\n'));
  t.context = { folder, squad, vocab, output: join(folder, 'x.jsonl') };
});
test.afterEach.always((t) => rm(t.context.folder, { recursive: true }));

async function run(...args: readonly string[]): Promise<void> {
  await yargs(['features', ...args])
    .command(featuresCommand)
    .strict()
    .exitProcess(false)
    .fail((message: string | null, error: Error | undefined) => {
      throw error ?? new UsageError(message ?? 'wrong');
    })
    .parseAsync();
}

const { maxSeqLength, docStride, train } = fixture.lines;
const sizes = ['--max-seq-length', `${maxSeqLength}`, '--doc-stride', `${docStride}`];

test('writes the lines of the first questions', async (t) => {
  const { squad, vocab, output, folder } = t.context;
  // The fixture's lines are those of the questions `last`, the second of the file, and `after-emoji`.
  await run(
    '--file',
    squad,
    '--split',
    'train',
    '--output',
    output,
    '--vocab-file',
    vocab,
    ...sizes,
    '--max-train-samples',
    '2',
  );
  const lines = (await readFile(output, 'utf8')).trimEnd().split('\n');
  const ids = lines.map((line) => (JSON.parse(line) as { example_id: string }).example_id);
  t.deepEqual([...new Set(ids)], ['first', 'last']);
  const expected = train.map((line) => JSON.stringify(line)).filter((line) => line.includes('"last"'));
  t.deepEqual(
    lines.filter((line) => line.includes('"last"')),
    expected,
  );

  // A folder with the vocabulary does as well, and validation has offsets.
  await run(
    '--file',
    squad,
    '--split',
    'validation',
    '--output',
    output,
    '--model-name-or-path',
    folder,
    ...sizes,
  );
  const text = await readFile(output, 'utf8');
  for (const line of fixture.lines.validation) t.true(text.includes(`${JSON.stringify(line)}\n`));
});

test('what goes wrong leaves the file of before as it was, and nothing beside it', async (t) => {
  const { squad, vocab, output, folder } = t.context;
  await writeFile(output, 'before');
  const before = await readdir(folder);
  const flags = ['--split', 'train', '--vocab-file', vocab];
  await t.throwsAsync(run('--file', vocab, '--output', output, ...flags), { instanceOf: QaError });
  await t.throwsAsync(
    run('--file', squad, '--output', output, ...flags, '--max-seq-length', '8', '--doc-stride', '1'),
    {
      instanceOf: QaError,
      message: /question .* positions/,
    },
  );
  await t.throwsAsync(run('--file', squad, '--output', join(output, 'x.jsonl'), ...flags), {
    instanceOf: QaError,
    message: /left what was there before/,
  });
  t.is(await readFile(output, 'utf8'), 'before');
  t.deepEqual(await readdir(folder), before);
});
