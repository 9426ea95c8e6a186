import { spawnSync } from 'node:child_process';
import { readFileSync, symlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import test from 'ava';
import { sample } from '../../src/data/sample.js';
import { bin, qaNative, temporaryFolder } from './run.js';

const folder = temporaryFolder();

/** What `features` makes of the sample's held-out part, its output in a shell's `$out`. */
function inShell(line: string) {
  const flags = ['--file', sample.validationFile, '--split', 'validation', '--vocab-file', sample.vocabFile];
  const sizes = ['--max-seq-length', '96', '--doc-stride', '32', '--json'];
  const command = [process.execPath, bin, 'features', ...flags, ...sizes, '--output', '/dev/stdout'];
  return spawnSync('sh', ['-c', line, 'sh', ...command], { encoding: 'utf8', cwd: folder });
}

const isJson = (line: string) => 'example_id' in (JSON.parse(line) as object);

test('beside an output that is standard output, what was written is told on stderr', (t) => {
  const { status, stdout, stderr } = inShell('"$@" | cat');
  t.is(status, 0);
  t.is(stdout.trimEnd().split('\n').filter(isJson).length, 400);
  t.is((JSON.parse(stderr) as { windows: number }).windows, 400);
  t.is(inShell('"$@" > to-file.jsonl').status, 0);
  t.is(readFileSync(join(folder, 'to-file.jsonl'), 'utf8'), stdout);
});

test('what is read is not written over, by whatever name it goes', async (t) => {
  const [input, link] = [join(folder, 'questions.json'), join(folder, 'link.json')];
  writeFileSync(input, readFileSync(sample.validationFile));
  symlinkSync(input, link);
  const vocabulary = ['--vocab-file', sample.vocabFile];
  for (const args of [
    ['features', '--file', link, '--split', 'train', ...vocabulary, '--output', input],
    ['predict', '--model-dir', folder, '--input', input, '--output', link],
  ]) {
    const { code, stderr } = await qaNative(...args);
    t.is(code, 2, stderr);
    t.regex(
      stderr,
      /Expected another file for --output than for --(file|input), got .* twice; name a new one\./,
    );
  }
  t.deepEqual(readFileSync(input), readFileSync(sample.validationFile));
});

test('where nobody reads the output any more, as after `| head -1`, the rest is not missed', (t) => {
  const { stdout, stderr } = inShell('{ "$@"; echo "code $?" >&2; } | head -1');
  t.is(stdout.trimEnd().split('\n').filter(isJson).length, 1);
  t.regex(stderr, /code 0\n$/);
  t.notRegex(stderr, /EPIPE/);
});
