import test from 'ava';
import { predictLogits } from '../../src/evaluate/predict.js';
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
