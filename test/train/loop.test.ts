import test from 'ava';
import { tensor } from '../../src/create.js';
import { predictLogits } from '../../src/evaluate/predict.js';
import type { ReaderModel } from '../../src/models/reader-model.js';
import { liveTensors } from '../../src/scope.js';
import { countSteps, train, type StepLog } from '../../src/train/loop.js';
import type { TrainingOptions } from '../../src/train/options.js';
import { Comparison, readFixture, type Fixture } from '../fixture.js';
import { fixture, nameOf, options, tinyModel, trainFeatures, validationFeatures } from './runs.js';

// Whole runs against scripts/reference/notebook.py on a tiny data set: initial weights, order of batches, dropout,
// every loss, gradient norm and learning rate over the ends of two epochs, then the logits of the evaluation.
// One after the other: the random numbers come from one generator.

for (const run of fixture.runs) {
  test.serial(`${run.model} trains and evaluates as the notebook does in Python`, async (t) => {
    // Where the last bits differ, they grow apart over forty steps.
    const compare = new Comparison(t, fixture.recorded, { tolerance: 1e-5 });
    const model = tinyModel(run.model);
    const log: StepLog[] = [];
    for await (const line of train(model, trainFeatures, options, nameOf)) log.push(line);

    t.is(log.length, run.log.length);
    for (const [index, expected] of run.log.entries()) {
      const line = log[index];
      t.is(line.step, expected.step);
      t.is(line.epoch, expected.epoch);
      t.is(line.learning_rate, expected.learning_rate);
      compare.number(line.loss, expected.loss, `loss of step ${expected.step}`);
      compare.number(line.grad_norm, expected.grad_norm, `gradient norm of step ${expected.step}`);
    }

    const logits = await predictLogits(model, validationFeatures, {
      maxSeqLength: options.maxSeqLength,
      perDeviceEvalBatchSize: options.perDeviceTrainBatchSize,
      device: 'cpu',
    });
    for (const [index, expected] of run.startLogits.entries()) {
      const [start, end] = [tensor(logits.start[index]), tensor(logits.end[index])];
      compare.tensor(start, expected, `start logits of window ${index}`);
      compare.tensor(end, run.endLogits[index], `end logits of window ${index}`);
      start.dispose();
      end.dispose();
    }
    model.dispose();
  });
}

// The same with what transformers' Trainer has beyond the notebook.
interface TrainerFixture extends Fixture {
  readonly runs: readonly {
    readonly model: string;
    readonly options: Partial<TrainingOptions>;
    readonly log: readonly StepLog[];
  }[];
}

const trainer = readFixture('train/trainer.json') as TrainerFixture;

for (const { model: name, options: more, log: expected } of trainer.runs) {
  test.serial(`${name} with ${JSON.stringify(more)} trains as in Python`, async (t) => {
    const compare = new Comparison(t, trainer.recorded, { tolerance: 1e-5 });
    const model = tinyModel(name);
    const log: StepLog[] = [];
    for await (const line of train(model, trainFeatures, { ...options, ...more }, nameOf)) log.push(line);
    const exact = ({ step, epoch, learning_rate }: StepLog) => ({ step, epoch, learning_rate });
    t.deepEqual(log.map(exact), expected.map(exact));
    for (const [index, { step, loss, grad_norm }] of expected.entries()) {
      compare.number(log[index].loss, loss, `loss of step ${step}`);
      compare.number(log[index].grad_norm, grad_norm, `gradient norm of step ${step}`);
    }
    model.dispose();
  });
}

test.serial(
  'steps are counted with the last batch that is not full; --max-steps overrules the epochs',
  (t) => {
    const count = (numFeatures: number, maxSteps: number, numTrainEpochs = 2) =>
      countSteps(numFeatures, { perDeviceTrainBatchSize: 12, numTrainEpochs, maxSteps });
    // The notebook's numbers.
    t.deepEqual(count(88_524, -1), { rowsPerStep: 12, stepsPerEpoch: 7377, totalSteps: 14_754 });
    t.deepEqual(count(13, -1), { rowsPerStep: 12, stepsPerEpoch: 2, totalSteps: 4 });
    t.deepEqual(count(13, 7), { rowsPerStep: 12, stepsPerEpoch: 2, totalSteps: 7 });
    // As `Trainer` has it: a part of an epoch is rounded up to whole steps.
    for (const [epochs, totalSteps] of [
      [0.5, 3689],
      [1.5, 11_066],
      [1e-9, 1],
      [0.1 + 0.2, 2214],
    ]) {
      t.is(count(88_524, -1, epochs).totalSteps, totalSteps);
    }
  },
);

test.serial('training leaves no tensor behind, however it ends', async (t) => {
  const model = tinyModel('lstm');
  const before = liveTensors();
  for await (const line of train(model, trainFeatures, { ...options, maxSteps: 3 }, nameOf))
    t.true(line.loss > 0);
  t.is(liveTensors(), before);
  for await (const line of train(model, trainFeatures, options, nameOf)) if (line.step === 2) break;
  t.is(liveTensors(), before);
  model.dispose();
});

test.serial(
  'a loss that is not finite stops before the weights change and names the questions',
  async (t) => {
    const model = tinyModel('lstm') as ReaderModel & {
      qa_outputs: { bias: { fill_(value: number): unknown } };
    };
    const [weight] = model.parameters();
    for (const parameter of model.parameters()) parameter.requiresGrad_(false);
    model.qa_outputs.bias.fill_(NaN);
    for (const parameter of model.parameters()) parameter.requiresGrad_();
    const before = [...weight.toFloat32Array()];
    const live = liveTensors();
    await t.throwsAsync(train(model, trainFeatures, options, nameOf).next(), {
      code: 'ERR_NAN_LOSS',
      message: /NaN.*step 1 .*question-\d+, question-\d+/,
    });
    t.deepEqual([...weight.toFloat32Array()], before);
    t.is(liveTensors(), live);
    model.dispose();
  },
);

test.serial('no features is an error, not an empty run', async (t) => {
  const model = tinyModel('lstm');
  await t.throwsAsync(train(model, [], options, nameOf).next(), { code: 'ERR_NO_DATA' });
  model.dispose();
});

test.serial('numbers that make no sense are refused before anything is trained', async (t) => {
  const model = tinyModel('lstm');
  for (const [senseless, message] of [
    [
      { perDeviceTrainBatchSize: 1.5 },
      /`perDeviceTrainBatchSize` to be a whole number of 1 or more, got 1.5/,
    ],
    [{ numTrainEpochs: NaN }, /`numTrainEpochs` to be a number above 0, got NaN/],
    [
      { gradientAccumulationSteps: 0 },
      /`gradientAccumulationSteps` to be a whole number of 1 or more, got 0/,
    ],
    [
      { maxSteps: undefined as unknown as number },
      /`maxSteps` to be a whole number of -1 or more, got undef/,
    ],
    [{ lrSchedulerType: 'toString' as 'linear' }, /`lrSchedulerType` of linear, cosine.*, got "toString"/],
  ] as const) {
    await t.throwsAsync(train(model, trainFeatures, { ...options, ...senseless }, nameOf).next(), {
      code: 'ERR_USAGE',
      message,
    });
  }
  model.dispose();
});
