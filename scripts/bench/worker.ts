import { readFileSync } from 'node:fs';
import { createInterface } from 'node:readline';
import type { Example, Feature } from '../../src/data/examples.js';
import { prepareFeatures } from '../../src/data/features.js';
import { readExamples } from '../../src/data/read-examples.js';
import { readVocab } from '../../src/data/tokenizer-files.js';
import { QaError, messageOf } from '../../src/errors.js';
import { squadMetrics } from '../../src/evaluate/metrics.js';
import { postprocessPredictions } from '../../src/evaluate/postprocess.js';
import { predictLogits, type RawPredictions } from '../../src/evaluate/predict.js';
import { startingPoint } from '../../src/hub/pretrained.js';
import { modelKind } from '../../src/models/index.js';
import { resolveDevice, setNumThreads, useExactArithmetic } from '../../src/runtime.js';
import { PrepackedWeights } from '../../src/nn/prepacked.js';
import { tidy } from '../../src/scope.js';
import { train } from '../../src/train/loop.js';
import { notebookSettings } from '../../src/cli/options.js';
import type { Answer, ContestantSettings, Request } from './contestant.js';

// qa-native's contestant of `npm run bench`: the protocol of scripts/reference/bench.py.

const given = JSON.parse(process.argv[2]) as ContestantSettings;
/** More than a bench takes: the schedule hardly moves, and training ends with the process. */
const manySteps = 1_000_000;

function secondsSince(began: number): number {
  return (performance.now() - began) / 1000;
}

async function timed(work: () => Promise<unknown>): Promise<Answer> {
  const began = performance.now();
  await work();
  return { seconds: secondsSince(began) };
}

/** Start rows, then end rows, as little-endian float32. */
function readLogits(path: string, count: number, length: number): RawPredictions {
  const { buffer, byteOffset } = readFileSync(path);
  const flat = new Float32Array(buffer, byteOffset, 2 * count * length);
  const rows = (first: number) =>
    Array.from({ length: count }, (_, row) =>
      flat.subarray((first + row) * length, (first + row + 1) * length),
    );
  return { start: rows(0), end: rows(count) };
}

function postprocess(examples: readonly Example[], features: readonly Feature[], path: string): Answer {
  const logits = readLogits(path, features.length, given.max_seq_length);
  const began = performance.now();
  const { predictions } = postprocessPredictions(examples, features, logits, notebookSettings);
  squadMetrics(predictions, examples);
  return { seconds: secondsSince(began) };
}

function answer(values: Answer): void {
  process.stdout.write(`${JSON.stringify(values)}\n`);
}

async function main(): Promise<void> {
  const device = resolveDevice(given.device);
  setNumThreads(given.threads);
  useExactArithmetic();
  const tokenizer = await readVocab(given.vocab_file);
  const examples = (await readExamples(given.train_file)).examples.slice(
    0,
    given.max_train_samples ?? undefined,
  );
  const began = performance.now();
  const features = prepareFeatures(examples, tokenizer, {
    maxSeqLength: given.max_seq_length,
    docStride: given.doc_stride,
  });
  const preparation = secondsSince(began);
  const { model } = await startingPoint(modelKind(given.model), {
    modelNameOrPath: 'random',
    configName: given.config_file ?? undefined,
    vocabFile: given.vocab_file,
    seed: given.seed,
  });
  const options = {
    ...notebookSettings,
    maxSeqLength: given.max_seq_length,
    padTokenId: tokenizer.padTokenId,
    perDeviceTrainBatchSize: given.batch_size,
    perDeviceEvalBatchSize: given.batch_size,
    learningRate: given.learning_rate,
    maxSteps: manySteps,
    device,
    kernels: { fast: given.variant !== 'default', bf16: given.variant === 'bf16' },
  };
  // As of an evaluation of all windows: made by the first batch, which is not counted, until the weights change.
  const prepacked = new PrepackedWeights();
  const steps = train(model, features, options, ({ exampleIndex }) => examples[exampleIndex].id);
  const measure = (request: Request): Promise<Answer> | Answer => {
    switch (request.do) {
      case 'step':
        prepacked.dispose();
        return timed(async () => {
          await steps.next();
          // A GPU has the update before it; Python's step, too, waits for its own.
          tidy(() => model.parameters()[0].narrow(0, 0, 1).sum().item());
        });
      case 'eval': {
        const first = (request.batch ?? 0) * given.batch_size;
        const rows = request.batch === null ? features : features.slice(first, first + given.batch_size);
        return timed(() => predictLogits(model, rows, { ...options, prepacked }));
      }
      case 'memory':
        return { bytes: process.resourceUsage().maxRSS * 1024 };
      case 'postprocess':
        return postprocess(examples, features, request.logits);
    }
  };
  answer({ preparation, features: features.length });
  for await (const line of createInterface({ input: process.stdin })) {
    answer(await measure(JSON.parse(line) as Request));
  }
}

try {
  await main();
} catch (error) {
  if (!(error instanceof QaError)) throw error;
  process.stderr.write(`${messageOf(error)}\n`);
  process.exitCode = 1;
}
