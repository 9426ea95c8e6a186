import test from 'ava';
import { calibrate } from '../../src/evaluate/calibration.js';

test('bins have the means of their answers, and the error is their weighted distance', (t) => {
  const answer = (probability: number, correct: boolean) => ({ probability, correct });
  const { bins, expectedCalibrationError } = calibrate(
    [answer(0.25, false), answer(0.75, true), answer(0.5, true), answer(1, false)],
    2,
  );
  t.deepEqual(bins, [
    { from: 0, to: 0.5, answers: 1, confidence: 0.25, accuracy: 0 },
    { from: 0.5, to: 1, answers: 3, confidence: 0.75, accuracy: 2 / 3 },
  ]);
  t.true(Math.abs(expectedCalibrationError - (0.25 / 4 + (3 / 4) * (0.75 - 2 / 3))) < 1e-12);
});

test('answers as sure as they are right have no error', (t) => {
  const answers = Array.from({ length: 10 }, (_, index) => ({ probability: 0.7, correct: index < 7 }));
  t.true(calibrate(answers).expectedCalibrationError < 1e-12);
});
