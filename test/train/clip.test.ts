import test from 'ava';
import { tidy } from '../../src/scope.js';
import { clipGradNorm } from '../../src/train/clip.js';
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
