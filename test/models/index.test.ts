import test from 'ava';
import { empty } from '../../src/create.js';
import { modelKind, modelKindOfType, modelNames } from '../../src/models/index.js';
import { manualSeed } from '../../src/random.js';
import { tidy } from '../../src/scope.js';
import { readFixture } from '../fixture.js';
import type { ModelFixture } from './model-cases.js';

test('the three readers are known by name and by the model_type of their config.json', (t) => {
  t.deepEqual(modelNames, ['bert-mini', 'lstm', 'transformer']);
  for (const name of modelNames) t.is(modelKindOfType(modelKind(name).modelType), modelKind(name));
  t.is(modelKindOfType('roberta'), undefined);
  t.throws(() => modelKind('gru'), { code: 'ERR_USAGE', message: /bert-mini, lstm, transformer.*"gru"/ });
});

for (const name of modelNames) {
  test(`what ${name} writes to config.json reads back as its settings`, (t) => {
    const kind = modelKind(name);
    const config = kind.preset(30522);
    const json = JSON.parse(JSON.stringify(kind.toJson(config))) as Record<string, unknown>;
    t.deepEqual(kind.parseConfig(json, 'config.json'), config);
    t.is(json['model_type'], kind.modelType);
  });
}

// Python builds such a model, with all its draws, before load_state_dict: training goes on from that generator.
for (const name of ['lstm', 'transformer'] as const) {
  test(`${name} from a checkpoint leaves the generator where a new model does`, (t) => {
    tidy(() => {
      const { options } = readFixture(`models/${name}.json`) as ModelFixture;
      const kind = modelKind(name);
      const config = kind.parseConfig({ ...options }, 'the fixture');
      const following = () => [...empty([4]).uniform_(0, 1).toFloat32Array()];

      manualSeed(5);
      const created = kind.create(config);
      const expected = following();
      manualSeed(5);
      const { model, report } = kind.load(config, new Map(created.namedParameters()));
      t.deepEqual(following(), expected);
      t.deepEqual(report, { missing: [], unexpected: [] });
      created.dispose();
      model.dispose();
    });
  });
}
