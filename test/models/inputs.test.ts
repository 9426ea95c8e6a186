import test from 'ava';
import { tensor } from '../../src/create.js';
import { predictLogits } from '../../src/evaluate/predict.js';
import { modelKind } from '../../src/models/index.js';
import { forwardFeatures } from '../../src/models/inputs.js';
import type { ReaderModel } from '../../src/models/reader-model.js';
import { spanLoss } from '../../src/models/span-head.js';
import { exactKernels } from '../../src/nn/kernels.js';
import { manualSeed } from '../../src/random.js';
import { tidy } from '../../src/scope.js';
import { BatchSlot } from '../../src/train/batch-slot.js';
import { plainGradients } from '../../src/train/gradients.js';
import { stageBatch } from '../../src/train/staged-batch.js';

// A vocabulary whose [PAD] is 3. What is expected is what scripts/reference/notebook.py's models and loss give of the same
// window, padded with 3 as its tokenizer does, from the weights of seed 0: wide ones, so that padding has a say.

const size = 17;
const feature = {
  exampleIndex: 0,
  inputIds: Int32Array.of(1, 5, 6, 7, 16, 2, 8, 9, 10, 6, 11, 12, 13, 14, 15, 2),
  contextStart: 6,
  offsets: new Int32Array(),
  startPosition: 11,
  endPosition: 13,
};
const bert = {
  vocab_size: size,
  hidden_size: 32,
  num_hidden_layers: 1,
  num_attention_heads: 2,
  intermediate_size: 32,
  max_position_embeddings: 64,
  initializer_range: 0.3,
  pad_token_id: 3,
  hidden_dropout_prob: 0,
  attention_probs_dropout_prob: 0,
};

const cases = [
  { name: 'bert-mini', config: bert, loss: 3.590745687484741, lastStart: -2.3126380443573 },
  {
    name: 'transformer',
    config: { vocab_size: size, dim: 16, num_heads: 2 },
    loss: 3.541839599609375,
    lastStart: 0.31423357129096985,
  },
] as const;

function create(name: (typeof cases)[number]['name'], config: object): ReaderModel {
  const kind = modelKind(name);
  manualSeed(0);
  return kind.create(kind.parseConfig({ ...config }, 'the test')).eval();
}

const options = { maxSeqLength: 32, padTokenId: 3, device: 'cpu', kernels: exactKernels } as const;
const training = {
  ...options,
  perDeviceTrainBatchSize: 1,
  learningRate: 3e-5,
  numTrainEpochs: 1,
  maxSteps: 1,
  warmupSteps: 0,
  maxGradNorm: 1,
};

for (const { name, config, loss, lastStart } of cases) {
  test.serial(`${name} pads with the tokenizer's id, in evaluation and in training`, async (t) => {
    const model = create(name, config);
    const isClose = (value: unknown, expected: number) => {
      t.true(Math.abs(Number(value) - expected) < 1e-5, `${String(value)} is not ${expected}`);
    };
    const { start } = await predictLogits(model, [feature], { ...options, perDeviceEvalBatchSize: 1 });
    isClose(start[0][31], lastStart);
    model.eval();
    tidy(() => {
      const labels = [feature.startPosition, feature.endPosition].map((at) => tensor(Int32Array.of(at)));
      isClose(spanLoss(forwardFeatures(model, [feature], options), labels[0], labels[1]).item(), loss);
      isClose(plainGradients(model, [feature], training).numbers.toArray()[0], loss);
      const slot = new BatchSlot(stageBatch([feature], options), 'cpu');
      isClose(spanLoss(slot.logits(model), labels[0], labels[1]).item(), loss);
      slot.dispose();
    });
    model.dispose();
  });
}
