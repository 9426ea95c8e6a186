import test from 'ava';
import { sample } from '../../src/data/sample.js';
import { readExamples } from '../../src/data/read-examples.js';
import type { Table } from '../../src/report/section.js';
import { liveTensors } from '../../src/scope.js';
import {
  runVariants,
  variantsSection,
  type VariantResult,
  type VariantRun,
} from '../../src/reproduce/variants.js';
import { temporaryFolder, writeTinyConfig } from '../cli/run.js';

const random = {
  modelNameOrPath: 'random',
  configName: writeTinyConfig(temporaryFolder()),
  vocabFile: sample.vocabFile,
  seed: 1,
};

const run: Omit<VariantRun, 'training' | 'validation'> = {
  options: {
    maxSeqLength: 96,
    docStride: 32,
    perDeviceTrainBatchSize: 2,
    perDeviceEvalBatchSize: 4,
    nBestSize: 20,
    maxAnswerLength: 30,
    learningRate: 1e-3,
    numTrainEpochs: 1,
    maxSteps: -1,
    warmupSteps: 0,
    maxGradNorm: 1,
    device: 'cpu',
  },
  steps: 8,
  starts: { random },
};

test('every variant sees as many windows and leaves no tensor behind', async (t) => {
  const { examples } = await readExamples(sample.trainFile);
  const data = { training: examples.slice(0, 20), validation: examples.slice(20, 28) };
  const before = liveTensors();
  const done: string[] = [];
  const results = await runVariants({ ...run, ...data }, (count, total) => done.push(`${count}/${total}`));
  t.is(liveTensors(), before);
  t.deepEqual(done, ['1/4', '2/4', '3/4', '4/4']);
  t.deepEqual(
    results.map(({ batchSize, steps }) => batchSize * steps),
    [16, 16, 16, 16],
  );
  t.deepEqual(
    results.map(({ steps }) => steps),
    [8, 2, 8, 8],
  );
  // Another loss, another number.
  t.is(new Set(results.map(({ lastLoss }) => lastLoss)).size, 4);
});

const result = (name: string, f1: number, start: VariantResult['start'] = 'checkpoint'): VariantResult => ({
  name,
  start,
  batchSize: 12,
  steps: 200,
  lastLoss: 2,
  exactMatch: f1 / 2,
  f1,
  minutes: 1,
});

test('what was made of a variant before is not made again', async (t) => {
  const kept = await runVariants(
    { ...run, training: [], validation: [] },
    () => undefined,
    (name) => Promise.resolve(result(name, 1)),
  );
  t.deepEqual(
    kept.map(({ name }) => name),
    ['baseline', 'batch four times as large', 'label smoothing 0.1', 'one softmax over spans'],
  );
});

test('the section tells each effect as it was measured, and what was not', (t) => {
  const results = [result('baseline', 30), result('other', 28.5), result('random weights', 7, 'random')];
  const [, pretraining, effects, table] = variantsSection(results, 1000).blocks;
  t.is(
    pretraining,
    'After 200 steps the pretrained start has F1 30.00, the random one 7.00: 23.00 points less.',
  );
  t.is(effects, "Against the baseline's F1 of 30.00: other 1.50 points less.");
  t.is((table as Table).rows.length, 3);
  const same = variantsSection([result('baseline', 30), result('other', 30.001)], 1000).blocks[2];
  t.is(same, "Against the baseline's F1 of 30.00: other the same.");
  const without = variantsSection([result('baseline', 5, 'random'), result('other', 6, 'random')], 10);
  t.regex(without.blocks[1] as string, /no checkpoint was given/);
  t.regex(without.blocks[2] as string, /other 1\.00 points more/);
});
