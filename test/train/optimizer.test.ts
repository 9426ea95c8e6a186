import test from 'ava';
import { arange, ones, zeros } from '../../src/create.js';
import { BertForQuestionAnswering } from '../../src/models/bert.js';
import { LstmForQuestionAnswering, type LstmConfig } from '../../src/models/lstm.js';
import type { ReaderModel } from '../../src/models/reader-model.js';
import { TransformerForQuestionAnswering, type TransformerConfig } from '../../src/models/transformer.js';
import { parseBertConfig } from '../../src/nn/bert-config.js';
import { Parameter } from '../../src/nn/module.js';
import { manualSeed } from '../../src/random.js';
import { liveTensors, tidy } from '../../src/scope.js';
import type { Device, Tensor } from '../../src/tensor.js';
import { clipGradNorm } from '../../src/train/clip.js';
import { AdamW, type AdamWOptions, type StepOptions } from '../../src/train/optimizer.js';
import { linearScheduleWithWarmup } from '../../src/train/schedule.js';
import { Comparison, decode, onEveryDevice, readFixture, type Encoded, type Fixture } from '../fixture.js';
import { batchOf, compareParameters, type ModelFixture } from '../models/model-cases.js';

interface PythonOptions {
  readonly betas?: readonly [number, number];
  readonly eps?: number;
  readonly weight_decay?: number;
  readonly correct_bias?: boolean;
}

interface OptimizerFixture extends Fixture {
  readonly initial: readonly Encoded[];
  /** By step and parameter; null where a parameter has none. */
  readonly gradients: readonly (readonly (Encoded | null)[])[];
  readonly rates: readonly number[];
  /** The parameters after each step. */
  readonly cases: readonly { options: PythonOptions; steps: readonly (readonly Encoded[])[] }[];
}

const fixture = readFixture('train/optimizer.json') as OptimizerFixture;

function translate({ betas, eps, weight_decay, correct_bias }: PythonOptions): AdamWOptions {
  return {
    ...(betas === undefined ? {} : { betas }),
    ...(eps === undefined ? {} : { eps }),
    ...(weight_decay === undefined ? {} : { weightDecay: weight_decay }),
    ...(correct_bias === undefined ? {} : { correctBias: correct_bias }),
  };
}

/** Leaves `gradient` as the parameter's gradient: that of their product's sum. */
function setGradient(parameter: Parameter, gradient: Encoded | null): void {
  parameter.clearGrad();
  if (gradient !== null) parameter.mul(decode(gradient, parameter.device)).sum().backward();
}

// In memory row by row, which is updated piece by piece, and column by column, which is updated as a whole, as on a GPU.
const layouts: Record<string, (a: Tensor) => Tensor> = {
  'by rows': (a) => a,
  'by columns': (a) => a.transpose(0, -1).contiguous().transpose(0, -1),
};

/** What a case's parameters are after each of its steps. */
function* parametersAfterSteps(
  { options, steps }: OptimizerFixture['cases'][number],
  device: Device,
  lay: (a: Tensor) => Tensor,
  stepOptions: StepOptions = {},
): Generator<{ parameter: Tensor; expected: Encoded; label: string }> {
  const parameters = fixture.initial.map((initial) => new Parameter(lay(decode(initial, device))));
  const optimizer = new AdamW(parameters, translate(options));
  for (const [step, expected] of steps.entries()) {
    parameters.forEach((parameter, index) => {
      setGradient(parameter, fixture.gradients[step][index]);
    });
    optimizer.step(fixture.rates[step], stepOptions);
    for (const [index, parameter] of parameters.entries()) {
      yield { parameter, expected: expected[index], label: `parameter ${index} after step ${step + 1}` };
    }
  }
  optimizer.dispose();
  for (const parameter of parameters) parameter.dispose();
}

onEveryDevice((device) => {
  for (const each of fixture.cases) {
    const name = `on ${device}, AdamW with ${JSON.stringify(each.options)}`;
    for (const [layout, lay] of Object.entries(layouts)) {
      test(`${name}, ${layout}, steps as transformers' does`, (t) => {
        tidy(() => {
          const compare = new Comparison(t, fixture.recorded, { device });
          for (const { parameter, expected, label } of parametersAfterSteps(each, device, lay)) {
            compare.tensor(parameter, expected, label);
          }
        });
      });
    }

    // float32 on the CPU by a pass of its own; elsewhere by LibTorch's fused kernel.
    for (const dtype of ['float32', 'float64'] as const) {
      test(`${name} of ${dtype}, fused, comes within 1e-6 of transformers'`, (t) => {
        tidy(() => {
          const inType = (a: Tensor) => a.to(dtype);
          for (const { parameter, expected, label } of parametersAfterSteps(each, device, inType, {
            fused: true,
          })) {
            const python = decode(expected).toFloat32Array();
            const values = parameter.to('float32').toFloat32Array();
            t.true(
              values.every((value, at) => Math.abs(value - python[at]) < 1e-6),
              label,
            );
          }
        });
      });
    }
  }
});

test("gradients that are given take the place of the parameters' own; null leaves one alone", (t) => {
  tidy(() => {
    const [given, own] = fixture.gradients;
    const run = (useGiven: boolean) => {
      const parameters = fixture.initial.map((initial) => new Parameter(decode(initial)));
      const optimizer = new AdamW(parameters);
      parameters.forEach((parameter, index) => {
        setGradient(parameter, useGiven ? own[index] : given[index]);
      });
      const gradients = given.map((gradient) => (gradient === null ? null : decode(gradient)));
      optimizer.step(0.1, useGiven ? { gradients } : {});
      optimizer.dispose();
      const after = parameters.map((parameter) => parameter.toFloat32Array());
      for (const parameter of parameters) parameter.dispose();
      return after;
    };
    t.deepEqual(run(true), run(false));
  });
});

test('the moments outlive tidy, and dispose frees them', (t) => {
  const parameter = tidy(() => new Parameter(decode(fixture.initial[0])));
  const before = liveTensors();
  const optimizer = new AdamW([parameter]);
  tidy(() => {
    setGradient(parameter, fixture.gradients[0][0]);
  });
  optimizer.step(0.1);
  parameter.clearGrad();
  t.is(liveTensors(), before + 2);
  optimizer.dispose();
  t.is(liveTensors(), before);
  parameter.dispose();
});

const models: Record<string, (options: ModelFixture['options']) => ReaderModel> = {
  bert: (options) => new BertForQuestionAnswering(parseBertConfig(options, 'the fixture')),
  lstm: (options) => new LstmForQuestionAnswering(options as unknown as LstmConfig),
  transformer: (options) => new TransformerForQuestionAnswering(options as unknown as TransformerConfig),
};

for (const [name, build] of Object.entries(models)) {
  test(`five steps of ${name} have Python's losses, norms, rates and weights`, (t) => {
    tidy(() => {
      const { recorded, options, seed, batches, steps } = readFixture(`models/${name}.json`) as ModelFixture;
      const compare = new Comparison(t, recorded);
      manualSeed(seed);
      const model = build(options).train();
      const optimizer = new AdamW(model.parameters());
      manualSeed(steps.seed);
      for (const [step, expected] of steps.log.entries()) {
        const batch = batchOf(batches[step % batches.length]);
        const rate = steps.learningRate * linearScheduleWithWarmup(step, steps.warmup, steps.total);
        const loss = batch.loss(model.forward(batch.inputs));
        loss.backward();
        const gradients = model.parameters().flatMap((parameter) => parameter.grad ?? []);
        const norm = clipGradNorm(gradients, 1);
        optimizer.step(rate);
        model.zeroGrad();
        compare.number(loss.item(), expected.loss, `loss of step ${step + 1}`);
        compare.number(norm.item(), expected.grad_norm, `gradient norm of step ${step + 1}`);
        t.is(rate, expected.learning_rate);
      }
      compareParameters(compare, model, steps.final);
      optimizer.dispose();
      model.dispose();
    });
  });
}

for (const weightDecay of [0, 0.1]) {
  test(`fused, rows without a gradient so far are what they are op by op, with weight decay ${weightDecay}`, (t) => {
    tidy(() => {
      const [plain, fused] = [false, true].map((isFused) => {
        const parameter = new Parameter(ones([5, 256]));
        const optimizer = new AdamW([parameter], { weightDecay });
        for (const touched of [1, 3]) {
          parameter.narrow(0, touched, 1).sum().backward();
          optimizer.step(1e-2, { fused: isFused });
          parameter.clearGrad();
        }
        const values = parameter.toFloat32Array();
        optimizer.dispose();
        parameter.dispose();
        return values;
      }) as [Float32Array, Float32Array];
      t.true(fused.every((value, at) => Math.abs(value - (plain[at] ?? NaN)) < 1e-6));
      t.is(new Set(fused).size, 3);
    });
  });
}

// float64, as LibTorch's fused kernel has it, which a GPU's parameters take.
for (const [dtype, weightDecay] of [
  ['float64', 0],
  ['float64', 0.1],
  ['float32', 0.1],
] as const) {
  test(`an update of ${dtype} that is to be skipped leaves all as it is, with weight decay ${weightDecay}`, (t) => {
    tidy(() => {
      const parameter = new Parameter(ones([3]).to(dtype));
      const optimizer = new AdamW([parameter], { weightDecay });
      const gradients = [ones([3]).to(dtype)];
      const after = (skip?: number) => {
        optimizer.step(1e-2, {
          fused: true,
          gradients,
          ...(skip === undefined ? {} : { skip: zeros([]).add(skip) }),
        });
        return [...parameter.toArray()];
      };
      t.deepEqual(after(1), [1, 1, 1]);
      t.true(after(0)[0] < 1);
      optimizer.dispose();
      parameter.dispose();
    });
  });
}

for (const fused of [false, true]) {
  test(`gradients are scaled as they are read, ${fused ? 'fused' : 'op by op'}`, (t) => {
    tidy(() => {
      const [scaled, small] = [0.25, 1].map((gradScale) => {
        const parameter = new Parameter(ones([300]));
        const optimizer = new AdamW([parameter], { eps: 1 });
        const grad = arange(300)
          .to('float32')
          .mul(0.25 / gradScale);
        for (let step = 0; step < 2; step += 1) optimizer.step(1e-2, { fused, gradScale, gradients: [grad] });
        const values = parameter.toFloat32Array();
        optimizer.dispose();
        parameter.dispose();
        return values;
      });
      t.deepEqual(scaled, small);
      t.is(new Set(scaled).size, 300);
    });
  });
}

test('a gradient of another shape is refused before anything is updated', (t) => {
  tidy(() => {
    const parameters = [new Parameter(ones([2])), new Parameter(ones([400, 400]))] as const;
    const optimizer = new AdamW(parameters);
    for (const fused of [false, true]) {
      for (const shape of [[2], [800, 800]]) {
        t.throws(
          () => {
            optimizer.step(1e-2, { fused, gradients: [ones([2]), ones(shape)] });
          },
          { message: /expected a gradient of the shape \[400, 400\], got/ },
        );
      }
    }
    t.throws(
      () => {
        optimizer.step(1e-2, { gradients: [ones([2])] });
      },
      { message: /Expected 2 gradients, .* got 1/ },
    );
    t.deepEqual([...parameters[0].toArray()], [1, 1]);
    optimizer.dispose();
    for (const parameter of parameters) parameter.dispose();
  });
});

test("settings that no AdamW has are refused, as transformers' are", (t) => {
  for (const betas of [
    [1, 0.9],
    [0.9, -1],
    [NaN, 0.9],
  ] as const) {
    t.throws(() => new AdamW([], { betas }), { message: /Expected `betas` from 0 to below 1, got/ });
  }
  t.throws(() => new AdamW([], { eps: -1e-6 }), { message: /`eps` of 0 or more, got/ });
  const optimizer = new AdamW([]);
  for (const rate of [-1, NaN]) {
    t.throws(
      () => {
        optimizer.step(rate);
      },
      { message: /learning rate of 0 or more, got/ },
    );
  }
});
