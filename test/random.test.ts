import test from 'ava';
import { empty } from '../src/create.js';
import { getRngState, manualSeed, randomPermutation, setRngState } from '../src/random.js';
import { tidy } from '../src/scope.js';
import { readFixture, type Fixture } from './fixture.js';

/** Two epochs of Python's `DataLoader(shuffle=True)`, with uniform numbers drawn after each batch. */
interface SamplerCase {
  readonly seed: number;
  readonly size: number;
  readonly batchSize: number;
  readonly drawsPerStep: number;
  readonly epochs: readonly (readonly (readonly number[])[])[];
}

const { cases } = readFixture('train/sampler.json') as Fixture & { cases: SamplerCase[] };

const draw = (count: number) => tidy(() => [...empty([count]).uniform_(0, 1).toFloat32Array()]);

for (const { seed, size, batchSize, drawsPerStep, epochs } of cases) {
  test(`${size} items in the order of Python's DataLoader, seed ${seed}`, (t) => {
    manualSeed(seed);
    for (const expected of epochs) {
      const order = [...randomPermutation(size)];
      for (const [index, batch] of expected.entries()) {
        t.deepEqual(order.slice(index * batchSize, (index + 1) * batchSize), batch);
        draw(drawsPerStep);
      }
    }
  });
}

test('a state that is put back gives the same numbers again', (t) => {
  manualSeed(4);
  const state = getRngState();
  const first = draw(20);
  t.notDeepEqual(draw(20), first);
  setRngState(state);
  t.deepEqual(draw(20), first);
  state.dispose();
});

test('a seed that is no whole number of 0 or more is refused', (t) => {
  for (const seed of [1.5, -1, NaN, 2 ** 60]) {
    t.throws(
      () => {
        manualSeed(seed);
      },
      { message: /Expected a seed to be a whole number of 0 or more, got/ },
    );
  }
});
