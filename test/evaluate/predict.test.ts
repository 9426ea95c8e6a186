import test from 'ava';
import { predictLogits } from '../../src/evaluate/predict.js';
import { PrepackedWeights } from '../../src/nn/prepacked.js';
import { liveTensors } from '../../src/scope.js';
import { options, tinyModel, validationFeatures } from '../train/runs.js';

test('batches of no window, or of a part of one, are refused', async (t) => {
  const model = tinyModel('lstm');
  for (const perDeviceEvalBatchSize of [0, 1.5, NaN]) {
    await t.throwsAsync(predictLogits(model, validationFeatures, { ...options, perDeviceEvalBatchSize }), {
      code: 'ERR_USAGE',
      message: /`perDeviceEvalBatchSize` to be a whole number of 1 or more, got (0|1.5|NaN)/,
    });
  }
  model.dispose();
});

for (const kind of ['bert-mini', 'lstm', 'transformer']) {
  for (const bf16 of [false, true]) {
    test.serial(
      `weights prepacked in a call before give ${kind}'s logits, and a call leaves none, bf16 ${bf16}`,
      async (t) => {
        const model = tinyModel(kind);
        const prepacked = new PrepackedWeights();
        const settings = { ...options, perDeviceEvalBatchSize: 2, kernels: { fast: true, bf16 } };
        const before = liveTensors();
        const plain = await predictLogits(model, validationFeatures, settings);
        t.is(liveTensors(), before);
        for (let call = 0; call < 2; call += 1) {
          t.deepEqual(await predictLogits(model, validationFeatures, { ...settings, prepacked }), plain);
        }
        prepacked.dispose();
        t.is(liveTensors(), before);
        model.dispose();
      },
    );
  }
}
