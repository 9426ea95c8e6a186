import test from 'ava';
import { alternativesTo, stepsBefore, whatIsFaster } from '../../src/cli/what-is-faster.js';
import { prepareFeatures } from '../../src/data/features.js';
import { readExamples } from '../../src/data/read-examples.js';
import { readVocab } from '../../src/data/tokenizer-files.js';
import { sample } from '../../src/data/sample.js';
import { modelKind } from '../../src/models/index.js';
import { getRngState, manualSeed } from '../../src/random.js';
import { liveTensors } from '../../src/scope.js';

const options = {
  maxSeqLength: 96,
  perDeviceTrainBatchSize: 2,
  learningRate: 1e-3,
  numTrainEpochs: 1,
  maxSteps: -1,
  warmupSteps: 0,
  maxGradNorm: 1,
  device: 'cpu',
};

async function prepareRun() {
  const kind = modelKind('lstm');
  const tokenizer = await readVocab(sample.vocabFile);
  const { examples } = await readExamples(sample.validationFile);
  const features = prepareFeatures(examples.slice(0, 20), tokenizer, { maxSeqLength: 96, docStride: 32 });
  return { fresh: () => kind.create(kind.preset(tokenizer.vocabulary.length)), features, options };
}

test.serial('steps are timed without a trace, and only what is faster is told', async (t) => {
  const run = await prepareRun();
  manualSeed(5);
  const before = getRngState();
  const tensors = liveTensors();
  const [fast, bf16] = await whatIsFaster(run, 1000, 60);
  t.regex(
    fast,
    /^With --fast a step takes \d+\.\d\d s here in place of 1000\.00 s: .+ for those that are left\.$/,
  );
  t.regex(bf16, /^With --bf16 /);
  t.deepEqual(await whatIsFaster(run, 0, 60), []);
  t.is(liveTensors(), tensors);
  t.deepEqual(getRngState().toArray(), before.toArray());
});

test.serial('whoever waits for the end waits for one step, and hears of nothing', async (t) => {
  const run = await prepareRun();
  const tensors = liveTensors();
  let asked = 0;
  const isOver = () => {
    asked += 1;
    return asked > 1;
  };
  t.deepEqual(await whatIsFaster({ ...run, isOver }, 1000, 60), []);
  // Before the first flag, after its first step, before the second flag.
  t.is(asked, 3);
  t.is(liveTensors(), tensors);
});

test('a GPU has time to record short steps, and long ones are few', (t) => {
  t.deepEqual(
    [0.004, 1, 30].map((perStep) => stepsBefore('cuda', perStep)),
    [60, 20, 3],
  );
  t.is(stepsBefore('cpu', 0.004), 1);
});

test('flags that a run has, or cannot have, are not proposed', (t) => {
  const flags = (changes: object, gpus = 0) =>
    alternativesTo({ ...options, ...changes }, gpus).map((one) => one.flags);
  t.deepEqual(flags({}), ['--fast', '--bf16']);
  t.deepEqual(flags({ kernels: { fast: true, bf16: false } }), ['--bf16']);
  t.deepEqual(flags({ kernels: { fast: true, bf16: true } }), []);
  t.deepEqual(flags({ labelSmoothing: 0.1 }), []);
  t.deepEqual(flags({}, 1), ['--fast', '--bf16', '--device cuda']);
  t.deepEqual(flags({ device: 'cuda' }, 1), ['--fast', '--bf16']);
});
