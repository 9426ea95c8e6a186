import test from 'ava';
import { empty, full } from '../../src/create.js';
import { BertForQuestionAnswering } from '../../src/models/bert.js';
import { bertMiniConfig, parseBertConfig } from '../../src/nn/bert-config.js';
import { manualSeed } from '../../src/random.js';
import { tidy } from '../../src/scope.js';
import type { Tensor } from '../../src/tensor.js';
import { Comparison, decodeAll, type Encoded } from '../fixture.js';
import { testModel, type ModelFixture } from './model-cases.js';

const configOf = (options: ModelFixture['options']) => parseBertConfig(options, 'the fixture');

const fixture = testModel('bert', (options) => new BertForQuestionAnswering(configOf(options)));

test('BERT-mini has 11,105,282 parameters', (t) => {
  const model = new BertForQuestionAnswering(bertMiniConfig);
  t.is(model.numParameters(), 11_105_282);
  model.dispose();
});

/** What Python's `from_pretrained` made of a checkpoint that lacks some tensors. */
interface LoadedCase {
  readonly name: string;
  /** Whether the checkpoint's names lack the `bert.` prefix. */
  readonly bare: boolean;
  readonly seed: number;
  /** The tensors that the checkpoint lacks, as the model then has them. */
  readonly new: Readonly<Partial<Record<string, Encoded>>>;
  /** Uniform draws after loading: they show how far the generator went. */
  readonly following: Encoded;
}

const { fromPretrained } = fixture as ModelFixture & { fromPretrained: LoadedCase[] };

for (const loaded of fromPretrained) {
  test(`a checkpoint with ${loaded.name} draws what Python's from_pretrained draws`, (t) => {
    tidy(() => {
      const compare = new Comparison(t, fixture.recorded);
      const state = checkpoint(loaded);
      manualSeed(loaded.seed);
      const { model, report } = BertForQuestionAnswering.fromState(configOf(fixture.options), state);
      const following = empty([4]).uniform_(0, 1);
      compare.tensor(following, loaded.following, 'what the generator gives next');

      t.deepEqual([...report.missing].sort(), Object.keys(loaded.new).sort());
      t.deepEqual(report.unexpected, []);
      for (const [name, parameter] of model.namedParameters()) {
        compare.tensor(parameter, loaded.new[name] ?? fixture.initial[name], name);
      }
      model.dispose();
    });
  });
}

test("TensorFlow's gamma and beta are LayerNorm's weight and bias, and foreign heads are reported", (t) => {
  tidy(() => {
    const state = new Map<string, Tensor>();
    for (const [name, tensor] of decodeAll(fixture.initial)) {
      const old = name
        .replace('LayerNorm.weight', 'LayerNorm.gamma')
        .replace('LayerNorm.bias', 'LayerNorm.beta');
      state.set(old, old.endsWith('.gamma') ? tensor.mul(3) : tensor);
    }
    state.set('cls.predictions.bias', full([50], 1));
    const { model, report } = BertForQuestionAnswering.fromState(configOf(fixture.options), state);
    t.deepEqual(report, { missing: [], unexpected: ['cls.predictions.bias'] });
    t.deepEqual([...model.bert.embeddings.LayerNorm.weight.toFloat32Array()], new Array(16).fill(3));
    model.dispose();
  });
});

test("matrices lie in memory as the checkpoint's do", (t) => {
  tidy(() => {
    const name = 'bert.encoder.layer.0.attention.self.query.weight';
    const state = decodeAll(fixture.initial);
    const byColumns = state.get(name)?.transpose(0, 1).contiguous().transpose(0, 1) as Tensor;
    const { model } = BertForQuestionAnswering.fromState(
      configOf(fixture.options),
      state.set(name, byColumns),
    );
    const laidOut = [...model.namedParameters()].filter(([, parameter]) => !parameter.isContiguous);
    t.deepEqual(
      laidOut.map(([each]) => each),
      [name],
    );
    t.deepEqual(laidOut[0][1].toFloat32Array(), byColumns.toFloat32Array());
    model.dispose();
  });
});

test("a bare encoder's pooler is reported under the checkpoint's own name", (t) => {
  tidy(() => {
    const state = checkpoint({ bare: true, new: {} });
    state.set('pooler.dense.bias', full([16], 0));
    state.set('embeddings.position_ids', full([1, 64], 0));
    const { model, report } = BertForQuestionAnswering.fromState(configOf(fixture.options), state);
    t.deepEqual(report, { missing: [], unexpected: ['pooler.dense.bias'] });
    model.dispose();
  });
});

test('a weight of another shape is refused by name', (t) => {
  tidy(() => {
    const state = decodeAll(fixture.initial);
    state.set('qa_outputs.bias', full([3], 0));
    t.throws(() => BertForQuestionAnswering.fromState(configOf(fixture.options), state), {
      code: 'ERR_STATE_SHAPE',
      message: /qa_outputs\.bias.*\[2\].*\[3\]/,
    });
  });
});

/** The fixture's initial weights as the checkpoint of a case. */
function checkpoint({ bare, new: missing }: Pick<LoadedCase, 'bare' | 'new'>): Map<string, Tensor> {
  const kept = [...decodeAll(fixture.initial)].filter(([name]) => missing[name] === undefined);
  return new Map(kept.map(([name, tensor]) => [bare ? name.replace(/^bert\./, '') : name, tensor]));
}
