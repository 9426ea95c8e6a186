import test from 'ava';
import type { ModelInputs, ReaderModel, SpanLogits } from '../../src/models/reader-model.js';
import { spanLoss } from '../../src/models/span-head.js';
import { manualSeed } from '../../src/random.js';
import { noGrad, tidy } from '../../src/scope.js';
import type { Device, Tensor } from '../../src/tensor.js';
import { Comparison, decodeAll, onEveryDevice, readFixture, type Encoded, type Fixture } from '../fixture.js';

// Holds a tiny model against Python's: weights drawn from a seed, logits, loss, and every gradient with dropout on.

type Tensors = Readonly<Record<string, Encoded>>;

export interface ModelFixture extends Fixture {
  /** The model's settings, by the names of its config.json. */
  readonly options: Readonly<Record<string, unknown>>;
  /** Set right before the model is built. */
  readonly seed: number;
  readonly batches: readonly Tensors[];
  readonly initial: Tensors;
  readonly eval: { readonly startLogits: Encoded; readonly endLogits: Encoded; readonly loss: number };
  readonly train: { readonly seed: number; readonly loss: number; readonly gradients: Tensors };
  /** Five steps with dropout, clipping and the schedule, over the batches in turn. */
  readonly steps: {
    readonly seed: number;
    readonly learningRate: number;
    readonly warmup: number;
    readonly total: number;
    readonly log: readonly {
      readonly loss: number;
      readonly grad_norm: number;
      readonly learning_rate: number;
    }[];
    readonly final: Tensors;
  };
}

interface Batch {
  readonly inputs: ModelInputs;
  readonly loss: (logits: SpanLogits) => Tensor;
}

/** A fixture's batch as tensors. */
export function batchOf(encoded: Tensors, device?: Device): Batch {
  const tensors = decodeAll(encoded, device);
  const take = (name: string) => tensors.get(name) as Tensor;
  return {
    inputs: {
      inputIds: take('input_ids'),
      attentionMask: take('attention_mask'),
      tokenTypeIds: take('token_type_ids'),
    },
    loss: (logits) => spanLoss(logits, take('start_positions'), take('end_positions')),
  };
}

/** Compares every parameter (or what `pick` takes of it) with the fixture's. */
export function compareParameters(
  compare: Comparison,
  model: ReaderModel,
  expected: Tensors,
  pick: (parameter: Tensor) => Tensor | null = (parameter) => parameter,
): void {
  const parameters = new Map(model.namedParameters());
  for (const [name, encoded] of Object.entries(expected)) {
    const parameter = parameters.get(name);
    compare.tensor(parameter === undefined ? null : pick(parameter), encoded, name);
  }
}

/** Declares the tests of one model; returns its fixture for more. */
export function testModel(
  file: string,
  build: (options: ModelFixture['options']) => ReaderModel,
): ModelFixture {
  const fixture = readFixture(`models/${file}.json`) as ModelFixture;
  const seeded = () => {
    manualSeed(fixture.seed);
    return build(fixture.options);
  };
  const [encodedBatch] = fixture.batches as [Tensors];

  test(`${file} draws Python's initial weights from a seed`, (t) => {
    tidy(() => {
      const model = seeded();
      const names = [...model.namedParameters()].map(([name]) => name);
      t.deepEqual(names, Object.keys(fixture.initial), 'names, in the order of state_dict');
      compareParameters(new Comparison(t, fixture.recorded), model, fixture.initial);
      model.dispose();
    });
  });

  onEveryDevice((device) => {
    test(`${file} gives Python's logits and loss in evaluation, ${device}`, (t) => {
      tidy(() => {
        const compare = new Comparison(t, fixture.recorded, { device });
        const model = seeded().to(device).eval();
        const { inputs, loss } = batchOf(encodedBatch, device);
        const logits = noGrad(() => model.forward(inputs));
        compare.tensor(logits.startLogits, fixture.eval.startLogits, 'start logits');
        compare.tensor(logits.endLogits, fixture.eval.endLogits, 'end logits');
        // With gradients on, attention may take another kernel: Python's loss was computed that way too.
        compare.number(loss(model.forward(inputs)).item(), fixture.eval.loss, 'loss');
        model.dispose();
      });
    });
  });

  test(`${file} gives Python's loss and every gradient in training, dropout on`, (t) => {
    tidy(() => {
      const compare = new Comparison(t, fixture.recorded);
      const model = seeded().train();
      const batch = batchOf(encodedBatch);
      manualSeed(fixture.train.seed);
      const loss = batch.loss(model.forward(batch.inputs));
      loss.backward();
      compare.number(loss.item(), fixture.train.loss, 'loss');
      compareParameters(compare, model, fixture.train.gradients, (parameter) => parameter.grad);
      model.dispose();
    });
  });

  return fixture;
}
