import { once } from 'node:events';
import { createReadStream, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import yargs from 'yargs';
import { featureLines, type Split } from '../src/data/feature-lines.js';
import { prepareFeatures } from '../src/data/features.js';
import { readExamples } from '../src/data/read-examples.js';
import { readVocab } from '../src/data/tokenizer-files.js';
import { QaError, messageOf } from '../src/errors.js';
import { cacheDir } from '../src/setup/paths.js';
import { referenceFolder, referencePython, run } from './reference-python.js';

// node dist/scripts/check-features.js --file dev-v1.1.json --vocab-file vocab.txt: makes the windows of a whole SQuAD
// file with scripts/reference/features.py and with prepareFeatures, and compares every field of every window.

const options = {
  file: { type: 'string', demandOption: true, describe: 'SQuAD JSON' },
  'vocab-file': { type: 'string', demandOption: true, describe: "A BERT's vocab.txt" },
  splits: { type: 'string', default: 'train,validation', describe: 'Splits to compare' },
  'max-seq-length': { type: 'number', default: 384, describe: 'Positions of a window' },
  'doc-stride': { type: 'number', default: 128, describe: 'Tokens that windows share' },
  cased: { type: 'boolean', default: false, describe: 'Leave case and accents' },
  python: {
    type: 'string',
    describe: 'A Python with requirements.txt installed [default: one in the cache]',
  },
} as const;

type Options = Awaited<ReturnType<typeof parse>>;

function parse() {
  return yargs(process.argv.slice(2)).options(options).strict().parseAsync();
}

/** Compares one split: Python's windows, written to a file, with ours. */
async function check(args: Options, split: Split, python: string, folder: string): Promise<void> {
  const output = join(folder, `${split}.jsonl`);
  const flags = {
    file: args.file,
    'vocab-file': args.vocabFile,
    split,
    output,
    'max-seq-length': `${args.maxSeqLength}`,
    'doc-stride': `${args.docStride}`,
  };
  run(python, [
    join(referenceFolder, 'features.py'),
    'rows',
    ...Object.entries(flags).flatMap(([name, value]) => [`--${name}`, value]),
    ...(args.cased ? ['--cased'] : []),
  ]);

  const started = performance.now();
  const tokenizer = await readVocab(args.vocabFile, { doLowerCase: !args.cased });
  const { examples } = await readExamples(args.file);
  const features = prepareFeatures(examples, tokenizer, args);
  const seconds = ((performance.now() - started) / 1000).toFixed(2);
  const { maxSeqLength } = args;
  const ours = featureLines(examples, features, { split, maxSeqLength, padTokenId: tokenizer.padTokenId });
  const count = await compareLines(ours, output);
  process.stdout.write(`${split} identical: ${count} windows (made in ${seconds} s)\n`);
}

async function compareLines(ours: Generator<string>, path: string): Promise<number> {
  const stream = createReadStream(path);
  await once(stream, 'open');
  let count = 0;
  for await (const theirs of createInterface({ input: stream })) {
    const next = ours.next();
    if (next.done === true) throw different(count, 'none', theirs);
    if (next.value.trimEnd() !== theirs) throw different(count, next.value, theirs);
    count += 1;
  }
  const rest = ours.next();
  if (rest.done !== true) throw different(count, rest.value, 'none');
  return count;
}

function different(index: number, ours: string, theirs: string): QaError {
  const at = [...ours].findIndex((character, i) => character !== theirs[i]);
  const around = (text: string) => text.slice(Math.max(0, at - 60), at + 60);
  return new QaError(
    `Expected window ${index} (${theirs.slice(0, 50)}) to be Python's ${around(theirs)}, got ${around(ours)}.`,
    'ERR_DIFFERENT',
  );
}

const folder = mkdtempSync(join(tmpdir(), 'check-features-'));
try {
  const args = await parse();
  const python = referencePython(cacheDir(), args.python);
  for (const split of args.splits.split(',')) await check(args, split as Split, python, folder);
} catch (error) {
  process.stderr.write(`${messageOf(error)}\n`);
  process.exitCode = 1;
} finally {
  rmSync(folder, { recursive: true });
}
