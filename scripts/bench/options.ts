import { existsSync } from 'node:fs';
import { join } from 'node:path';
import yargs from 'yargs';
import { notebookSettings } from '../../src/cli/options.js';
import { sample } from '../../src/data/sample.js';
import { packageRoot } from '../../src/setup/paths.js';
import { availableThreads } from '../../src/setup/threads.js';
import type { ContestantSettings } from './contestant.js';
import { scoreOptions, scoreSettings } from './score-options.js';

/** SQuAD's dev set in a folder that checkouts share, where there is one. */
const shared = join(packageRoot, '..', 'shared', 'squad');
const hasShared = existsSync(join(shared, 'dev-v1.1.json'));

const options = {
  models: { type: 'string', default: 'bert-mini,lstm,transformer', describe: 'Models to measure' },
  scaling: {
    type: 'boolean',
    default: false,
    describe: "Measure how qa-native's cost grows instead, and plot it into bench/README.md",
  },
  scores: {
    type: 'boolean',
    default: false,
    describe: 'Measure what the flags for speed score beside the default instead, from three seeds',
  },
  device: { type: 'string', default: 'cpu', describe: 'cpu or cuda' },
  threads: { type: 'number', default: availableThreads(), describe: 'Threads of each' },
  quick: { type: 'boolean', default: false, describe: 'Fewer steps, and 1,000 questions' },
  steps: { type: 'number', describe: 'Measured steps of each [default: 12, with --quick 4, on a GPU 60]' },
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
  'model-dir': {
    type: 'string',
    describe:
      'A trained BERT, to count the answers that --fast and --bf16 change [default: BERT-mini after a short training]',
  },
  'output-dir': { type: 'string', default: join(packageRoot, 'bench'), describe: 'For what comes of it' },
  python: {
    type: 'string',
    describe: 'A Python with requirements.txt installed [default: one in the cache]',
  },
  ...scoreOptions,
} as const;

export type BenchArgs = Awaited<ReturnType<typeof parseOptions>>;

export function parseOptions() {
  const parser = yargs(process.argv.slice(2)).scriptName('npm run bench --').options(options).strict();
  // Apart from the others: options of any name would take the types of those.
  parser.options(scoreSettings);
  return parser.parseAsync();
}

/** What all contestants measure with: the notebook's settings. */
export function settingsOf(args: BenchArgs): Omit<ContestantSettings, 'variant' | 'model'> {
  return {
    train_file: args.trainFile,
    vocab_file: args.vocabFile,
    max_train_samples: args.quick ? 1000 : null,
    max_seq_length: notebookSettings.maxSeqLength,
    doc_stride: notebookSettings.docStride,
    batch_size: notebookSettings.perDeviceTrainBatchSize,
    learning_rate: notebookSettings.learningRate,
    seed: 42,
    threads: args.threads,
    device: args.device,
    config_file: null,
  };
}
