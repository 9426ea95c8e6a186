import test from 'ava';
import { predictLogits } from '../../src/evaluate/predict.js';
import { forwardFeatures } from '../../src/models/inputs.js';
import { PrepackedWeights } from '../../src/nn/prepacked.js';
import { liveTensors, noGrad, tidy } from '../../src/scope.js';
import { onEveryDevice } from '../fixture.js';
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

onEveryDevice((device) => {
  for (const kind of ['bert-mini', 'lstm', 'transformer']) {
    for (const bf16 of [false, true]) {
      test.serial(
        `${kind}'s logits with prepacked weights are those without, and a call leaves none: bf16 ${bf16}, ${device}`,
        async (t) => {
          const model = tinyModel(kind).to(device).eval();
          const settings = { ...options, device, kernels: { fast: true, bf16 } };
          const before = liveTensors();
          const features = validationFeatures.slice(0, 3);
          const forward = () => forwardFeatures(model, features, settings).startLogits.toFloat32Array();
          const matrix = tidy(() => noGrad(forward));
          const length = matrix.length / features.length;
          const plain = features.map(({ inputIds }, row) =>
            matrix.slice(row * length, row * length + inputIds.length),
          );
          const prepacked = new PrepackedWeights();
          for (const shared of [{}, { prepacked }, { prepacked }]) {
            const one = { ...settings, ...shared, perDeviceEvalBatchSize: features.length };
            const { start } = await predictLogits(model, features, one);
            t.deepEqual(start, plain);
          }
          prepacked.dispose();
          t.is(liveTensors(), before);
          model.dispose();
        },
      );
    }
  }
});
