import { mkdirSync, readdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import test from 'ava';
import { tensor } from '../../src/create.js';
import { liveTensors, noGrad, tidy } from '../../src/scope.js';
import {
  openCheckpoint,
  removeUnfinished,
  restoreCheckpoint,
  rotateCheckpoints,
  saveCheckpoint,
  wholeCheckpoints,
} from '../../src/train/checkpoint.js';
import { train, type StepLog } from '../../src/train/loop.js';
import { TrainingState } from '../../src/train/state.js';
import { temporaryFolder } from '../cli/run.js';
import { fixture, nameOf, options, tinyModel, trainFeatures } from './runs.js';

const root = temporaryFolder();
const nothing = () => Promise.resolve();
const silent = () => undefined;
const progress = { asked: {}, total_steps: 9, loss_sum: 1.5, seconds: 2, best: null };

const weightsOf = (model: ReturnType<typeof tinyModel>) =>
  model.parameters().map((parameter) => parameter.toFloat32Array());

// After the first step, in the middle of an epoch, at its end, and in the next one.
const runs = fixture.runs.map(({ model }) => ({ model, byColumns: false }));
for (const { model: name, byColumns } of [...runs, { model: 'bert-mini', byColumns: true } as const]) {
  const layout = byColumns ? ', its matrices by columns,' : '';
  test.serial(
    `${name}${layout} goes on from a checkpoint with the bits of a run that never stopped`,
    async (t) => {
      const stepsPerEpoch = Math.ceil(trainFeatures.length / options.perDeviceTrainBatchSize);
      const before = liveTensors();
      const model = tinyModel(name);
      const matrices = byColumns ? model.parameters().filter(({ shape }) => shape.length === 2) : [];
      for (const matrix of matrices) matrix.layByColumns();
      const state = new TrainingState(model, options);
      const log: StepLog[] = [];
      const copies = new Map<number, Float32Array[]>();
      const outputDir = join(root, `${name}${layout}`);
      for await (const line of train(model, trainFeatures, options, nameOf, state)) {
        log.push(line);
        if (![1, 3, stepsPerEpoch, stepsPerEpoch + 1].includes(line.step)) continue;
        await saveCheckpoint(outputDir, state, progress, nothing);
        copies.set(line.step, weightsOf(model));
      }
      const weights = weightsOf(model);

      for (const [step, copy] of copies) {
        const other = tinyModel(name);
        tidy(() => {
          noGrad(() => {
            other.parameters().forEach((parameter, index) => {
              parameter.copy_(tensor(copy[index], parameter.shape));
            });
          });
        });
        const resumed = new TrainingState(other, options);
        const checkpoint = await openCheckpoint(join(outputDir, `checkpoint-${step}`));
        await restoreCheckpoint(checkpoint, resumed, trainFeatures.length);
        const rest: StepLog[] = [];
        for await (const line of train(other, trainFeatures, options, nameOf, resumed)) rest.push(line);
        t.deepEqual(rest, log.slice(step));
        t.deepEqual(weightsOf(other), weights);
        other.dispose();
      }
      model.dispose();
      t.is(liveTensors(), before);
    },
  );
}

/** Checkpoints of an untrained model at some steps. */
async function saveAt(outputDir: string, ...steps: readonly number[]): Promise<void> {
  const model = tinyModel('lstm');
  const state = new TrainingState(model, options);
  for (const step of steps) {
    state.step = step;
    await saveCheckpoint(outputDir, state, progress, nothing);
  }
  model.dispose();
}

test.serial('the newest whole checkpoint is found, by number, and damaged ones are named', async (t) => {
  const outputDir = join(root, 'newest');
  await saveAt(outputDir, 9, 10, 100);
  writeFileSync(join(outputDir, 'checkpoint-100', 'trainer_state.json'), '{}');
  const damaged: string[] = [];
  const found = [];
  for await (const checkpoint of wholeCheckpoints(outputDir, (folder, why) => {
    damaged.push(`${folder}: ${why}`);
  })) {
    t.is(checkpoint.folder, join(outputDir, `checkpoint-${checkpoint.state.global_step}`));
    found.push(checkpoint.state.global_step);
  }
  t.deepEqual(found, [10, 9]);
  t.is(damaged.length, 1);
  t.regex(damaged[0], /checkpoint-100: trainer_state\.json has 2 bytes instead of/);
  t.true((await wholeCheckpoints(join(root, 'nowhere'), silent).next()).done);
  await t.throwsAsync(openCheckpoint(join(outputDir, 'checkpoint-100')), { code: 'ERR_CHECKPOINT' });
});

test.serial(
  'rotation keeps the newest up to the one just written, and never takes the last whole one',
  async (t) => {
    const outputDir = join(root, 'rotation');
    await saveAt(outputDir, 1, 2, 3, 50);
    // 50 is damaged: the run went on from 2 and has just written 3.
    writeFileSync(join(outputDir, 'checkpoint-50', 'trainer_state.json'), '{}');
    await rotateCheckpoints(outputDir, 3, 2);
    t.deepEqual(readdirSync(outputDir).sort(), ['checkpoint-2', 'checkpoint-3', 'checkpoint-50']);
    await rotateCheckpoints(outputDir, 3, 1);
    t.deepEqual(readdirSync(outputDir).sort(), ['checkpoint-3', 'checkpoint-50']);
  },
);

test.serial('what a killed save left is removed', async (t) => {
  const outputDir = join(root, 'unfinished');
  await saveAt(outputDir, 1);
  mkdirSync(join(outputDir, 'checkpoint-2.00ff00ff.tmp'));
  await removeUnfinished(outputDir);
  t.deepEqual(readdirSync(outputDir), ['checkpoint-1']);
});
