import test from 'ava';
import { train } from '../../src/train/loop.js';
import { TrainingState } from '../../src/train/state.js';
import { nameOf, options, tinyModel, trainFeatures } from './runs.js';

test('fast kernels train matrices by rows, however a file had them', async (t) => {
  const fast = { ...options, kernels: { fast: true, bf16: false } };
  const runs = [];
  for (const byColumns of [false, true]) {
    const model = tinyModel('bert-mini');
    const matrices = model.parameters().filter(({ shape }) => shape.length === 2);
    if (byColumns) for (const matrix of matrices) matrix.layByColumns();
    const log = [];
    for await (const line of train(model, trainFeatures, fast, nameOf, new TrainingState(model, fast))) {
      log.push(line);
    }
    t.true(matrices.every(({ isContiguous }) => isContiguous));
    runs.push({ log, weights: model.parameters().map((parameter) => parameter.toFloat32Array()) });
    model.dispose();
  }
  t.deepEqual(runs[1], runs[0]);
});
