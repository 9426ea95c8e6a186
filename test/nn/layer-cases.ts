import test from 'ava';
import type { Module } from '../../src/nn/module.js';
import { manualSeed } from '../../src/random.js';
import { tidy } from '../../src/scope.js';
import type { Device, Tensor } from '../../src/tensor.js';
import {
  Comparison,
  decode,
  decodeAll,
  onEveryDevice,
  readFixture,
  type Encoded,
  type Fixture,
} from '../fixture.js';

// Holds a layer against all of its cases in the fixture: output, and the gradients of `(output * weight).sum()`.

type Tensors = Readonly<Record<string, Encoded>>;
type Options = Readonly<Partial<Record<string, number>>>;

interface LayerCase {
  readonly name: string;
  readonly options: Options;
  readonly training: boolean;
  /** Set right before the call, for layers with dropout. */
  readonly seed: number | null;
  readonly parameters: Tensors;
  readonly inputs: Tensors;
  readonly output: Encoded;
  readonly weight: Encoded;
  readonly gradients: Tensors;
  readonly inputGradients: Tensors;
}

const fixture = readFixture('nn/layers.json') as Fixture & { cases: LayerCase[] };

/** Declares a test for each case of the layer called `name`. `call` finds the inputs by Python's names. */
export function testLayer<M extends Module>(
  name: string,
  build: (options: Options) => M,
  call: (layer: M, inputs: (name: string) => Tensor) => Tensor,
): void {
  const cases = fixture.cases.filter((layerCase) => layerCase.name === name);
  test(`${name} has cases`, (t) => {
    t.true(cases.length > 0);
  });
  onEveryDevice((device) => {
    for (const [index, layerCase] of cases.entries()) {
      // A GPU has a generator of its own: its dropout is another.
      if (device !== 'cpu' && layerCase.seed !== null) continue;
      const mode = layerCase.training ? 'training' : 'evaluation';
      test(`${name} gives Python's output and gradients, case ${index + 1}, ${mode}, ${device}`, (t) => {
        tidy(() => {
          const layer = build(layerCase.options).to(device).train(layerCase.training);
          const names = [...layer.namedParameters()].map(([parameter]) => parameter);
          t.deepEqual(names, Object.keys(layerCase.parameters), 'names, in the order of state_dict');
          layer.loadStateDict(decodeAll(layerCase.parameters, device));
          checkCase(new Comparison(t, fixture.recorded, { device }), layer, layerCase, call, device);
          layer.dispose();
        });
      });
    }
  });
}

function checkCase<M extends Module>(
  compare: Comparison,
  layer: M,
  layerCase: LayerCase,
  call: (layer: M, inputs: (name: string) => Tensor) => Tensor,
  device: Device,
): void {
  const inputs = decodeAll(layerCase.inputs, device);
  for (const input of inputs.values()) if (input.dtype === 'float32') input.requiresGrad_();
  if (layerCase.seed !== null) manualSeed(layerCase.seed);
  const output = call(layer, (input) => inputs.get(input) as Tensor);
  compare.tensor(output, layerCase.output, 'output');

  output.mul(decode(layerCase.weight, device)).sum().backward();
  const parameters = new Map(layer.namedParameters());
  for (const [parameter, gradient] of Object.entries(layerCase.gradients)) {
    compare.tensor(parameters.get(parameter)?.grad ?? null, gradient, `gradient of ${parameter}`);
  }
  for (const [input, gradient] of Object.entries(layerCase.inputGradients)) {
    compare.tensor(inputs.get(input)?.grad ?? null, gradient, `gradient of ${input}`);
  }
}
