import { existsSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import yargs from 'yargs';
import { notebookSettings } from '../../src/cli/options.js';
import { prepareFeatures } from '../../src/data/features.js';
import { readExamples } from '../../src/data/read-examples.js';
import { sample } from '../../src/data/sample.js';
import { readVocab } from '../../src/data/tokenizer-files.js';
import { QaError, messageOf } from '../../src/errors.js';
import { writeJsonAtomic } from '../../src/formats/atomic-file.js';
import { runtimeInfo } from '../../src/runtime.js';
import { cacheDir, packageRoot } from '../../src/setup/paths.js';
import { availableThreads } from '../../src/setup/threads.js';
import { randomLogits } from '../random-logits.js';
import { referencePython } from '../reference-python.js';
import { measureLimits, type BatchShape } from './limits.js';
import { describeMachine } from './machine.js';
import { compare } from './ratios.js';
import { measureModel } from './rounds.js';
import { least, median, most, SampleBook } from './samples.js';
import { measureHelp } from './start-up.js';
import { limitLine, ratioTable, sampleTable } from './table.js';
import { cpuTargets, cudaTargets } from './targets.js';
import { availableVariants } from './variants.js';

// npm run bench: measures Python, Python with run_qa.py's fast options and qa-native in turns, prints a table and
// writes bench/results/<machine>.json.

/** SQuAD's dev set in a folder that checkouts share, where there is one. */
const shared = join(packageRoot, '..', 'shared', 'squad');
const hasShared = existsSync(join(shared, 'dev-v1.1.json'));

const options = {
  models: { type: 'string', default: 'bert-mini,lstm,transformer', describe: 'Models to measure' },
  device: { type: 'string', default: 'cpu', describe: 'cpu or cuda' },
  threads: { type: 'number', default: availableThreads(), describe: 'Threads of each' },
  quick: { type: 'boolean', default: false, describe: 'Fewer steps, and 1,000 questions' },
  steps: { type: 'number', describe: 'Measured steps of each [default: 12, with --quick 4]' },
  'train-file': {
    type: 'string',
    default: hasShared ? join(shared, 'dev-v1.1.json') : sample.trainFile,
    defaultDescription: 'SQuAD dev in ../shared/squad, else the sample',
    describe: 'SQuAD JSON',
  },
  'vocab-file': {
    type: 'string',
    default: hasShared ? join(shared, 'bert-uncased-vocab.txt') : sample.vocabFile,
    defaultDescription: 'beside that',
    describe: "A BERT's vocab.txt",
  },
  'output-dir': {
    type: 'string',
    default: join(packageRoot, 'bench', 'results'),
    describe: 'For the results',
  },
  python: {
    type: 'string',
    describe: 'A Python with requirements.txt installed [default: one in the cache]',
  },
} as const;

async function main(): Promise<void> {
  const args = await yargs(process.argv.slice(2))
    .scriptName('npm run bench --')
    .options(options)
    .strict()
    .parseAsync();
  const python = referencePython(cacheDir(), args.python);
  const variants = availableVariants(args.device);
  const { maxSeqLength, docStride, perDeviceTrainBatchSize: batchSize, learningRate } = notebookSettings;
  const maxTrainSamples = args.quick ? 1000 : null;
  const examples = (await readExamples(args.trainFile)).examples.slice(0, maxTrainSamples ?? undefined);
  const features = prepareFeatures(examples, await readVocab(args.vocabFile), { maxSeqLength, docStride });
  const batch: BatchShape = {
    lengths: features.map(({ inputIds }) => inputIds.length),
    batchSize,
    maxSeqLength,
  };

  const folder = mkdtempSync(join(tmpdir(), 'qa-native-bench-'));
  const book = new SampleBook();
  try {
    const logits = join(folder, 'logits.f32');
    writeFileSync(logits, randomLogits('random', examples, features, maxSeqLength).flat);
    const limits = measureLimits(python, args.threads, args.device);
    process.stdout.write(limitLine(limits));
    measureHelp(python, book, args.quick ? 2 : 5);
    for (const model of args.models.split(',')) {
      process.stdout.write(`Measuring ${model}\n`);
      await measureModel(model, book, {
        python,
        variants,
        rounds: args.steps ?? (args.quick ? 4 : 12),
        logits,
        settings: {
          train_file: args.trainFile,
          vocab_file: args.vocabFile,
          max_train_samples: maxTrainSamples,
          max_seq_length: maxSeqLength,
          doc_stride: docStride,
          batch_size: batchSize,
          learning_rate: learningRate,
          seed: 42,
          threads: args.threads,
          device: args.device,
          config_file: null,
        },
      });
    }
    const samples = book.all();
    const ratios = compare(args.device === 'cpu' ? cpuTargets : cudaTargets, samples, batch, limits);
    process.stdout.write(`\n${sampleTable(samples)}\n${ratioTable(ratios)}`);
    const machine = describeMachine(args.device);
    const path = join(args.outputDir, `${machine.name}${args.quick ? '-quick' : ''}.json`);
    const { torchVersion, cpuCapability } = runtimeInfo();
    await writeJsonAtomic(path, {
      machine,
      software: { node: process.version, torch: torchVersion, cpu_capability: cpuCapability },
      settings: {
        device: args.device,
        threads: args.threads,
        batchSize,
        maxSeqLength,
        features: features.length,
      },
      limits,
      measurements: samples.map(({ values, ...rest }) => ({
        ...rest,
        median: median(values),
        least: least(values),
        most: most(values),
        values,
      })),
      ratios,
    });
    process.stdout.write(`\nWritten to ${path}\n`);
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

try {
  await main();
} catch (error) {
  if (!(error instanceof QaError)) throw error;
  process.stderr.write(`bench: ${messageOf(error)}\n`);
  process.exitCode = 1;
}
