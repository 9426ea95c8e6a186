import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { homedir, tmpdir } from 'node:os';
import { join } from 'node:path';
import yargs from 'yargs';
import { notebookSettings } from '../src/cli/options.js';
import type { Example, Feature } from '../src/data/examples.js';
import { prepareFeatures } from '../src/data/features.js';
import { readExamples } from '../src/data/read-examples.js';
import { readVocab } from '../src/data/tokenizer-files.js';
import { QaError, messageOf } from '../src/errors.js';
import { squadMetrics, type SquadMetrics } from '../src/evaluate/metrics.js';
import { postprocessPredictions, type Candidate } from '../src/evaluate/postprocess.js';
import type { RawPredictions } from '../src/evaluate/predict.js';
import { randomLogits } from './random-logits.js';
import { referenceFolder, referencePython, run } from './reference-python.js';

// Post-processes and scores a whole SQuAD file with qa-native and with the notebook's loops in Python
// (scripts/reference/postprocess.py, which makes its windows by itself), on the same random logits: once all different,
// once with many equal ones. Compares every text, logit and probability of every candidate, EM and F1; prints times.
//
// The folder that both share has settings.json and, for each run, <run>.f32 (start rows, then end rows, little-endian
// float32); Python adds <run>.json.

interface Reference {
  readonly metrics: SquadMetrics;
  readonly nbest: Readonly<Record<string, readonly ReferenceCandidate[]>>;
  /** Answers that numpy's default sort, which leaves the order of equal logits open, makes others. */
  readonly default_differs: number;
  readonly seconds: { readonly postprocess: number; readonly score: number };
}

interface ReferenceCandidate {
  readonly text: string;
  readonly probability: number;
  readonly start_logit: number;
  readonly end_logit: number;
}

const runs = ['random', 'equal'] as const;
const { maxSeqLength, docStride, nBestSize, maxAnswerLength } = notebookSettings;

function differenceOf(
  ours: ReadonlyMap<string, readonly Candidate[]>,
  theirs: Reference['nbest'],
): string | null {
  if (ours.size !== Object.keys(theirs).length) return `${ours.size} questions have candidates`;
  for (const [id, candidates] of ours) {
    const expected = theirs[id];
    if (candidates.length !== expected.length)
      return `${id} has ${candidates.length}, not ${expected.length}`;
    for (const [rank, { text, startLogit, endLogit, probability }] of candidates.entries()) {
      const reference = expected[rank];
      const same =
        text === reference.text &&
        startLogit === reference.start_logit &&
        endLogit === reference.end_logit &&
        Math.abs(probability - reference.probability) < 1e-12;
      if (!same)
        return `${id}'s candidate ${rank} is ${JSON.stringify(candidates[rank])}, not ${JSON.stringify(reference)}`;
    }
  }
  return null;
}

/** Compares one run and prints what came of it; returns whether all is the same. */
function compare(
  name: string,
  examples: readonly Example[],
  features: readonly Feature[],
  logits: RawPredictions,
  reference: Reference,
): boolean {
  const started = performance.now();
  const { predictions, nbest } = postprocessPredictions(examples, features, logits, {
    nBestSize,
    maxAnswerLength,
  });
  const middle = performance.now();
  const metrics = squadMetrics(predictions, examples);
  const ended = performance.now();
  const times = [(middle - started) / 1000, (ended - middle) / 1000];
  const { seconds } = reference;
  const difference =
    differenceOf(nbest, reference.nbest) ??
    (JSON.stringify(metrics) === JSON.stringify(reference.metrics)
      ? null
      : `the scores are ${JSON.stringify(metrics)}, not ${JSON.stringify(reference.metrics)}`);
  process.stdout.write(
    `${name}: ${difference === null ? `the same: ${nbest.size} questions, ${JSON.stringify(metrics)}` : `DIFFERS: ${difference}`}\n` +
      `  post-processing ${times[0].toFixed(3)} s, Python ${seconds.postprocess.toFixed(3)} s; ` +
      `scoring ${times[1].toFixed(3)} s, Python ${seconds.score.toFixed(3)} s; ` +
      `numpy's default sort gives ${reference.default_differs} other answers\n`,
  );
  return difference === null;
}

async function main(): Promise<boolean> {
  const args = await yargs(process.argv.slice(2))
    .option('validation-file', { type: 'string', demandOption: true, describe: 'SQuAD JSON' })
    .option('vocab-file', { type: 'string', demandOption: true, describe: 'An uncased BERT vocabulary' })
    .option('python', {
      type: 'string',
      describe: 'A Python with requirements.txt installed [default: one in the cache]',
    })
    .strict()
    .parseAsync();
  const cache = process.env['QA_NATIVE_CACHE'] ?? join(homedir(), '.cache', 'qa-native');
  const python = referencePython(cache, args.python);
  const { examples } = await readExamples(args.validationFile);
  const features = prepareFeatures(examples, await readVocab(args.vocabFile), { maxSeqLength, docStride });
  const folder = mkdtempSync(join(tmpdir(), 'check-postprocess-'));
  try {
    const settings = {
      validation_file: args.validationFile,
      vocab_file: args.vocabFile,
      max_seq_length: maxSeqLength,
      doc_stride: docStride,
      runs,
    };
    writeFileSync(join(folder, 'settings.json'), JSON.stringify(settings));
    const drawn = runs.map((kind) => {
      const { flat, logits } = randomLogits(kind, examples, features, maxSeqLength);
      writeFileSync(join(folder, `${kind}.f32`), flat);
      return { kind, logits };
    });
    run(python, [join(referenceFolder, 'postprocess.py'), 'check', folder]);
    const results = drawn.map(({ kind, logits }) => {
      const reference = JSON.parse(readFileSync(join(folder, `${kind}.json`), 'utf8')) as Reference;
      return compare(kind, examples, features, logits, reference);
    });
    return results.every((same) => same);
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

try {
  process.exitCode = (await main()) ? 0 : 1;
} catch (error) {
  if (!(error instanceof QaError)) throw error;
  process.stderr.write(`check-postprocess: ${messageOf(error)}\n`);
  process.exitCode = 1;
}
