import { readFileSync } from 'node:fs';
import { BertForQuestionAnswering } from '../../src/models/bert.js';
import { LstmForQuestionAnswering } from '../../src/models/lstm.js';
import type { ReaderModel } from '../../src/models/reader-model.js';
import { TransformerForQuestionAnswering } from '../../src/models/transformer.js';
import { bertMiniConfig } from '../../src/nn/bert-config.js';
import { liveTensors } from '../../src/scope.js';
import { train } from '../../src/train/loop.js';
import type { TrainingOptions } from '../../src/train/options.js';

// Run by memory.test.ts in a process of its own: trains the model that its argument names and prints what it holds
// after each 100 of 400 steps.

const options: TrainingOptions = {
  maxSeqLength: 64,
  perDeviceTrainBatchSize: 8,
  learningRate: 1e-4,
  numTrainEpochs: 1,
  maxSteps: 400,
  warmupSteps: 0,
  maxGradNorm: 1,
  device: 'cpu',
};

/**
 * Bytes of this process in memory. On Linux without the pages of files: how much of LibTorch's libraries is in memory
 * is the system's choice, which changes while a test runs.
 */
function residentMemory(): number {
  if (process.platform !== 'linux') return process.memoryUsage.rss();
  const kilobytes = /^RssAnon:\s+(\d+) kB$/m.exec(readFileSync('/proc/self/status', 'utf8'))?.[1];
  return 1024 * Number(kilobytes);
}

/** Rows of changing lengths, as real windows have. */
const features = Array.from({ length: 40 }, (_, index) => ({
  exampleIndex: index,
  inputIds: Int32Array.from({ length: 24 + index }, (_, position) => 1 + ((7 * index + position) % 90)),
  contextStart: 8,
  offsets: new Int32Array(2 * (15 + index)),
  startPosition: 9,
  endPosition: 10,
}));

const tinyBert = {
  ...bertMiniConfig,
  vocab_size: 30522,
  hidden_size: 32,
  num_hidden_layers: 2,
  num_attention_heads: 2,
  intermediate_size: 64,
};
const models: Record<string, () => ReaderModel> = {
  bert: () => new BertForQuestionAnswering(tinyBert),
  lstm: () => new LstmForQuestionAnswering({ vocab_size: 30522, dim: 32 }),
  transformer: () => new TransformerForQuestionAnswering({ vocab_size: 30522, dim: 32, num_heads: 4 }),
};

const create = models[process.argv[2] ?? ''];
if (create === undefined) throw new Error('Expected the name of a model.');
/** The least of ten steps up to this one: what a step is about to free does not count. */
const measured: { tensors: number; resident: number }[] = [];
let least = Infinity;
for await (const { step } of train(create(), features, options, () => '')) {
  // The first 200 steps fill pools and the just-in-time compiler's memory: the test looks at what comes after them.
  if ((step - 1) % 100 < 90) continue;
  globalThis.gc?.();
  least = Math.min(least, residentMemory());
  if (step % 100 !== 0) continue;
  measured.push({ tensors: liveTensors(), resident: least });
  least = Infinity;
}
process.stdout.write(JSON.stringify(measured));
