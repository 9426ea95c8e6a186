import test from 'ava';
import { postprocessPredictions } from '../../src/evaluate/postprocess.js';
import { decodeCase, example, feature } from './postprocess-case.js';
import { fixture } from './squad-v2-fixture.js';

for (const given of fixture.postprocess) {
  test(`answers, odds and candidates are utils_qa.py's: ${given.name}`, (t) => {
    const { examples, features, logits } = decodeCase(given);
    const { predictions, nbest, nullOdds } = postprocessPredictions(examples, features, logits, {
      nBestSize: given.n_best_size,
      maxAnswerLength: given.max_answer_length,
      version2WithNegative: true,
      nullScoreDiffThreshold: given.null_score_diff_threshold,
    });
    for (const [id, expected] of Object.entries(given.results)) {
      t.is(predictions.get(id), expected.prediction);
      t.is(nullOdds?.get(id), expected.odds);
      const candidates = nbest.get(id) ?? [];
      t.deepEqual(
        candidates.map(({ text, startLogit, endLogit }) => ({ text, startLogit, endLogit })),
        expected.nbest.map(({ text, start_logit, end_logit }) => ({
          text,
          startLogit: start_logit,
          endLogit: end_logit,
        })),
      );
      candidates.forEach(({ probability }, rank) => {
        // exp may differ from C's in the last bit.
        t.true(Math.abs(probability - expected.nbest[rank].probability) < 1e-14);
      });
    }
  });
}

// `[CLS] q [SEP] ab cd ef [SEP]`: the context's tokens are the positions 3 to 5.
const letters = example('letters', 'ab cd ef');
const window = feature(0, 3, [0, 2, 3, 5, 6, 8]);
const row = Float32Array.of(0.1, -9, -9, 0, -9, -9, -9);

test('the threshold is compared in float32: odds that equal it leave the answer', (t) => {
  const answerAt = (nullScoreDiffThreshold: number) =>
    postprocessPredictions(
      [letters],
      [window],
      { start: [row], end: [Float32Array.from(row, (logit) => (logit > 0 ? 0 : logit))] },
      { version2WithNegative: true, nullScoreDiffThreshold },
    ).predictions.get('letters');
  // float32's 0.1 is above the double 0.1.
  t.is(answerAt(0.1), 'ab');
  t.is(answerAt(0.0999), '');
});

test('without the option nothing has a null answer', (t) => {
  const { predictions, nbest, nullOdds } = postprocessPredictions([letters], [window], {
    start: [row],
    end: [row],
  });
  t.is(predictions.get('letters'), 'ab');
  t.true(nbest.get('letters')?.every(({ text }) => text !== ''));
  t.is(nullOdds, undefined);
});
