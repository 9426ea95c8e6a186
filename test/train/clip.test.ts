import test from 'ava';
import { ones } from '../../src/create.js';
import { tidy } from '../../src/scope.js';
import { clipCoefficient, clipGradNorm, jointNorm, maxNormOf } from '../../src/train/clip.js';
import { Comparison, decode, readFixture, type Encoded, type Fixture } from '../fixture.js';

interface ClipFixture extends Fixture {
  readonly gradients: readonly Encoded[];
  readonly cases: readonly { maxNorm: number; norm: number; clipped: readonly Encoded[] }[];
}

const fixture = readFixture('train/clip.json') as ClipFixture;

for (const { maxNorm, norm, clipped } of fixture.cases) {
  test(`gradients of norm ${norm.toFixed(2)} are clipped to ${maxNorm} as in Python`, (t) => {
    tidy(() => {
      const compare = new Comparison(t, fixture.recorded);
      const gradients = fixture.gradients.map((gradient) => decode(gradient));
      compare.number(clipGradNorm(gradients, maxNorm).item(), norm, 'norm before clipping');
      gradients.forEach((gradient, index) => {
        compare.tensor(gradient, clipped[index], `gradient ${index}`);
      });
    });
  });
}

for (const { maxNorm, norm, clipped } of fixture.cases) {
  test(`the norm ${norm.toFixed(2)} in one pass, and what it scales gradients by for at most ${maxNorm}, are near Python's`, (t) => {
    tidy(() => {
      const gradients = fixture.gradients.map((gradient) => decode(gradient));
      const ours = jointNorm(gradients).item();
      t.true(Math.abs(ours - norm) < 1e-6 * norm);
      const factor = clipCoefficient(ours, maxNorm);
      gradients.forEach((gradient, index) => {
        const wanted = decode(clipped[index]).toFloat32Array();
        const scaled = gradient.mul(factor).toFloat32Array();
        t.true(scaled.every((value, at) => Math.abs(value - wanted[at]) < 1e-6));
      });
    });
  });
}

test('a largest norm of 0 turns clipping off', (t) => {
  tidy(() => {
    const gradients = fixture.gradients.map((gradient) => decode(gradient));
    const before = gradients.map((gradient) => gradient.toFloat32Array());
    const norm = clipGradNorm(gradients, maxNormOf(0)).item();
    t.deepEqual(
      gradients.map((gradient) => gradient.toFloat32Array()),
      before,
    );
    t.is(clipCoefficient(norm, maxNormOf(0)), 1);
    t.is(maxNormOf(0.5), 0.5);
  });
});

test('the norm counts every number, of tensors large and small', (t) => {
  tidy(() => {
    const counts = [1, 15, 17, 40_000, 16_384];
    const norm = jointNorm(counts.map((count) => ones([count]))).item();
    t.is(norm, Math.fround(Math.sqrt(counts.reduce((sum, count) => sum + count))));
  });
});
