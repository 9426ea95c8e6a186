import { mkdtempSync, rmSync } from 'node:fs';
import { availableParallelism, tmpdir } from 'node:os';
import { join } from 'node:path';
import yargs from 'yargs';
import { notebookSettings } from '../src/cli/options.js';
import { sample } from '../src/data/sample.js';
import { QaError, messageOf } from '../src/errors.js';
import { cacheDir, packageRoot } from '../src/setup/paths.js';
import { compareRuns } from './compare-runs.js';
import { referenceFolder, referencePython, run } from './reference-python.js';

// npm run verify:exact: trains with Python (scripts/reference/notebook.py) and with qa-native, on the same data from
// the same start, and compares every logged float, every weight and every predicted text. For each model and seed it
// trains from random weights, then once more from the checkpoint folder that this run of qa-native wrote.

const options = {
  models: { type: 'string', default: 'bert-mini,lstm,transformer', describe: 'Models to verify' },
  seeds: { type: 'string', default: '1,2,42', describe: 'Seeds to verify' },
  checkpoint: { type: 'boolean', default: true, describe: 'Start from the trained folder as well' },
  'train-file': { type: 'string', describe: 'SQuAD JSON [default: the sample]' },
  'validation-file': { type: 'string', describe: 'SQuAD JSON [default: the sample]' },
  'vocab-file': { type: 'string', describe: "A BERT vocabulary [default: the sample's]" },
  'model-name-or-path': {
    type: 'string',
    describe: 'A BERT checkpoint folder to start bert-mini from as well',
  },
  'config-name': { type: 'string', describe: 'config.json of the BERT that starts at random' },
  // Of the sample, a window each: an epoch's last batch has one row, which matmul reads as it lies in memory.
  'max-train-samples': { type: 'number', default: 997, describe: 'The first N questions' },
  'max-steps': { type: 'number', default: 200, describe: 'Steps of each run; -1: by --epochs' },
  epochs: { type: 'number', default: notebookSettings.numTrainEpochs, describe: 'Passes over the questions' },
  'max-seq-length': { type: 'number', describe: "Tokens of a window [default: the data set's]" },
  'doc-stride': { type: 'number', describe: "Tokens that windows share [default: the data set's]" },
  'batch-size': { type: 'number', default: 12, describe: 'Windows of a step' },
  'learning-rate': { type: 'number', describe: "Learning rate [default: the data set's]" },
  'warmup-steps': { type: 'number', describe: "Steps of warmup [default: the data set's]" },
  'max-grad-norm': { type: 'number', default: notebookSettings.maxGradNorm, describe: 'Norm to clip to' },
  device: { type: 'string', default: 'cpu', describe: 'cpu or cuda' },
  threads: { type: 'number', default: availableParallelism(), describe: 'Threads of both' },
  eval: { type: 'boolean', default: true, describe: 'Compare predictions, EM and F1 too' },
  python: {
    type: 'string',
    describe: 'A Python with requirements.txt installed [default: one in the cache]',
  },
} as const;

type Options = Awaited<ReturnType<typeof parse>>;

function parse() {
  return yargs(process.argv.slice(2))
    .scriptName('npm run verify:exact --')
    .options(options)
    .strict()
    .parseAsync();
}

const qaNative = join(packageRoot, 'dist', 'bin', 'qa-native.js');

/** The flags that both programs know by the same names. */
function commonFlags(args: Options, model: string, seed: string, start: string, output: string): string[] {
  const settings = { ...notebookSettings, ...(args.trainFile === undefined ? sample.settings : {}) };
  // A checkpoint folder has a vocabulary of its own.
  const vocabFile = args.vocabFile ?? (start === 'random' ? sample.vocabFile : undefined);
  const flags: Record<string, string | number | undefined> = {
    'train-file': args.trainFile ?? sample.trainFile,
    'validation-file': args.eval ? (args.validationFile ?? sample.validationFile) : undefined,
    'vocab-file': vocabFile,
    'model-name-or-path': start,
    'config-name': model === 'bert-mini' && start === 'random' ? args.configName : undefined,
    'output-dir': output,
    'max-train-samples': args.maxTrainSamples,
    'max-steps': args.maxSteps,
    epochs: args.epochs,
    'max-grad-norm': args.maxGradNorm,
    'max-seq-length': args.maxSeqLength ?? settings.maxSeqLength,
    'doc-stride': args.docStride ?? settings.docStride,
    'batch-size': args.batchSize,
    'learning-rate': args.learningRate ?? settings.learningRate,
    'warmup-steps': args.warmupSteps ?? settings.warmupSteps,
    seed,
    device: args.device,
    threads: args.threads,
  };
  const given = Object.entries(flags).flatMap(([name, value]) =>
    value === undefined ? [] : [`--${name}`, `${value}`],
  );
  return args.eval ? given : [...given, '--no-eval'];
}

/** What both programs start from: `random` or a folder. */
interface Start {
  readonly name: string;
  readonly from: string;
}

/** Runs both programs from the same start into `folder` and prints one line; returns whether they agree. */
async function verify(
  python: string,
  args: Options,
  model: string,
  seed: string,
  start: Start,
  folder: string,
) {
  const [theirs, ours] = [join(folder, 'python'), join(folder, 'native')];
  const common = (output: string) => commonFlags(args, model, seed, start.from, output);
  // As many threads for OpenMP's pool as for torch: its default is the machine's.
  const how = {
    quiet: true,
    env: { OMP_NUM_THREADS: String(args.threads), PYTHONWARNINGS: 'ignore', TRANSFORMERS_VERBOSITY: 'error' },
  };
  process.stdout.write(`${model}, seed ${seed}, from ${start.name}: `);
  run(python, [join(referenceFolder, 'notebook.py'), '--model', model, ...common(theirs)], how);
  // The notebook evaluates batches as large as a step's.
  const evalBatchSize = ['--per-device-eval-batch-size', String(args.batchSize)];
  run(process.execPath, [qaNative, 'train', model, ...common(ours), ...evalBatchSize], how);
  const result = await compareRuns(ours, theirs);
  if (result.same) {
    const also = result.predictions === null ? '' : `, ${result.predictions} predictions, EM and F1`;
    process.stdout.write(`bit-identical: ${result.steps} steps, ${result.weights} weights${also}\n`);
  } else {
    process.stdout.write(`DIFFERS: ${result.difference}\n`);
  }
  return result.same;
}

async function main(): Promise<number> {
  const args = await parse();
  const python = referencePython(cacheDir(), args.python);
  const folder = mkdtempSync(join(tmpdir(), 'verify-exact-'));
  const results: boolean[] = [];
  try {
    for (const model of args.models.split(',')) {
      for (const seed of args.seeds.split(',')) {
        const into = (start: number) => join(folder, `${model}-${seed}-${start}`);
        const starts: Start[] = [{ name: 'random weights', from: 'random' }];
        if (args.checkpoint) {
          starts.push({ name: "that run's folder", from: join(into(0), 'native') });
        }
        if (model === 'bert-mini' && args.modelNameOrPath !== undefined) {
          starts.push({ name: args.modelNameOrPath, from: args.modelNameOrPath });
        }
        for (const [index, start] of starts.entries()) {
          results.push(await verify(python, args, model, seed, start, into(index)));
        }
      }
    }
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
  const identical = results.filter((same) => same).length;
  process.stdout.write(`${identical} of ${results.length} runs are bit-identical.\n`);
  return identical === results.length ? 0 : 1;
}

try {
  process.exitCode = await main();
} catch (error) {
  if (!(error instanceof QaError)) throw error;
  process.stderr.write(`verify:exact: ${messageOf(error)}\n`);
  process.exitCode = 1;
}
