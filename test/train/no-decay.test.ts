import test from 'ava';
import { parametersWithoutDecay } from '../../src/train/no-decay.js';
import { readFixture, type Fixture } from '../fixture.js';
import { tinyModel } from './runs.js';

const { decayedParameters } = readFixture('train/trainer.json') as Fixture & {
  readonly decayedParameters: Readonly<Record<string, readonly string[]>>;
};

for (const [name, expected] of Object.entries(decayedParameters)) {
  test(`of ${name} decay the parameters that transformers' Trainer names`, (t) => {
    const model = tinyModel(name);
    const spared = parametersWithoutDecay(model);
    const decayed = [...model.namedParameters()].flatMap(([key, parameter]) =>
      spared.has(parameter) ? [] : [key],
    );
    t.deepEqual(decayed.sort(), [...expected].sort());
    model.dispose();
  });
}
