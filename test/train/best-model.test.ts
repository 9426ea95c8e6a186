import { existsSync, mkdirSync, readdirSync, rmSync, truncateSync } from 'node:fs';
import { join } from 'node:path';
import test from 'ava';
import { writeSafetensors } from '../../src/formats/safetensors.js';
import type { ReaderModel } from '../../src/models/reader-model.js';
import { liveTensors, noGrad } from '../../src/scope.js';
import { BestModel, whyBestIsLost } from '../../src/train/best-model.js';
import { temporaryFolder } from '../cli/run.js';
import { tinyModel } from './runs.js';

const root = temporaryFolder();

/** Sets every weight to a number. */
function fill(model: ReaderModel, value: number): void {
  noGrad(() => {
    for (const parameter of model.parameters()) parameter.fill_(value);
  });
}

const save = (model: ReaderModel) => (folder: string) =>
  writeSafetensors(
    join(folder, 'model.safetensors'),
    new Map(
      [...model.namedParameters()].map(([name, parameter]) => [
        name,
        { shape: parameter.shape, data: parameter.toFloat32Array() },
      ]),
    ),
  );

const valuesOf = (model: ReaderModel) =>
  new Set(model.parameters().flatMap((parameter) => [...parameter.toFloat32Array()]));

test.serial('the first of the best models is kept, alone, and comes back', async (t) => {
  const model = tinyModel('lstm');
  const before = liveTensors();
  const dir = join(root, 'kept');
  const kept = new BestModel(dir, null);
  for (const [step, metric] of [
    [10, 1],
    [20, 3],
    [30, 3],
    [40, 2],
  ]) {
    fill(model, step);
    await kept.add(step, metric, save(model));
  }
  t.deepEqual(kept.best, { step: 20, metric: 3, evaluationsSince: 2 });
  t.deepEqual(readdirSync(dir), ['best-model-20']);
  await kept.load(model);
  t.deepEqual(valuesOf(model), new Set([20]));
  t.is(liveTensors(), before);
  model.dispose();
});

test.serial('a damaged best model is not loaded', async (t) => {
  const model = tinyModel('lstm');
  const dir = join(root, 'damaged');
  const kept = new BestModel(dir, null);
  await kept.add(5, 1, save(model));
  truncateSync(join(dir, 'best-model-5', 'model.safetensors'), 100);
  fill(model, 7);
  await t.throwsAsync(kept.load(model), {
    code: 'ERR_CHECKPOINT',
    message: /best-model-5, but model\.safetensors has 100 bytes instead of \d+; the last model is in/,
  });
  t.deepEqual(valuesOf(model), new Set([7]));
  model.dispose();
});

test.serial(
  'a run that goes on gives up a best model that is damaged or gone, and finds another',
  async (t) => {
    const model = tinyModel('lstm');
    const best = { step: 5, metric: 9, evaluationsSince: 1 };
    const harms = {
      cut: (folder: string) => {
        truncateSync(join(folder, 'model.safetensors'), 100);
      },
      gone: (folder: string) => {
        rmSync(folder, { recursive: true });
      },
    };
    for (const [name, harm] of Object.entries(harms)) {
      const dir = join(root, name);
      await new BestModel(dir, null).add(5, 9, save(model));
      t.is(await whyBestIsLost(dir, best), undefined, `${name}: whole`);
      harm(join(dir, 'best-model-5'));
      t.regex(
        (await whyBestIsLost(dir, best)) ?? '',
        /^its best model in \S+best-model-5 is not whole \(.+\)$/,
      );
      const goingOn = new BestModel(dir, null);
      await goingOn.add(10, 1, save(model));
      t.is(goingOn.best?.step, 10);
      await goingOn.load(model);
    }
    model.dispose();
  },
);

test.serial(
  'a best model whose place a better one took before the run was killed is not missed',
  async (t) => {
    const model = tinyModel('lstm');
    const dir = join(root, 'superseded');
    await new BestModel(dir, null).add(10, 2, save(model));
    const best = { step: 5, metric: 1, evaluationsSince: 0 };
    t.is(await whyBestIsLost(dir, best), undefined);

    // What is damaged there is not brought along as if it were whole.
    mkdirSync(join(dir, 'best-model-5'));
    const elsewhere = join(root, 'superseded-elsewhere');
    await new BestModel(elsewhere, best).bringFrom(dir);
    t.false(existsSync(elsewhere));
    model.dispose();
  },
);
