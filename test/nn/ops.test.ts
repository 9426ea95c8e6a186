import test from 'ava';
import { cat, stack, tensor } from '../../src/create.js';
import { activations } from '../../src/nn/activations.js';
import { native } from '../../src/native.js';
import { tidy } from '../../src/scope.js';
import { Tensor, type Device } from '../../src/tensor.js';
import { Comparison, decode, onEveryDevice, readFixture, type Encoded, type Fixture } from '../fixture.js';

// Every operation against Python's: output, and the gradients of `(output * weight).sum()`.

interface OpCase {
  readonly name: string;
  readonly inputs: readonly Encoded[];
  readonly arguments: Readonly<Record<string, unknown>>;
  readonly output: Encoded;
  readonly weight: Encoded;
  readonly gradients: readonly Encoded[];
}

/** A case's arguments beside its inputs, by name. */
class Arguments {
  constructor(
    private readonly given: OpCase['arguments'],
    private readonly device: Device,
  ) {}
  number(name: string): number {
    return this.given[name] as number;
  }
  numbers(name: string): number[] {
    return this.given[name] as number[];
  }
  tensor(name: string): Tensor {
    return decode(this.given[name] as Encoded, this.device);
  }
}

type Op = (inputs: readonly [Tensor, Tensor, Tensor], args: Arguments) => Tensor;

const ops: Readonly<Record<string, Op>> = {
  add: ([a, b]) => a.add(b),
  sub: ([a, b]) => a.sub(b),
  mul: ([a, b]) => a.mul(b),
  div: ([a, b]) => a.div(b),
  addScalar: ([a], args) => a.add(args.number('scalar')),
  mulScalar: ([a], args) => a.mul(args.number('scalar')),
  divScalar: ([a], args) => a.div(args.number('scalar')),
  matmul: ([a, b]) => a.matmul(b),
  matmulBatched: ([a, b]) => a.matmul(b),
  linear: ([x, weight, bias]) => new Tensor(native.linear(x.handle, weight.handle, bias.handle)),
  linearWithoutBias: ([x, weight]) => new Tensor(native.linear(x.handle, weight.handle, null)),
  softmax: ([a], args) => a.softmax(args.number('dim')),
  logSoftmax: ([a], args) => a.logSoftmax(args.number('dim')),
  ...Object.fromEntries(
    Object.entries(activations).map(([name, activation]): [string, Op] => [name, ([x]) => activation(x)]),
  ),
  exp: ([a]) => a.exp(),
  log: ([a]) => a.log(),
  sqrt: ([a]) => a.sqrt(),
  embedding: ([weight], args) => new Tensor(native.embedding(weight.handle, args.tensor('ids').handle, -1)),
  embeddingWithPadding: ([weight], args) =>
    new Tensor(native.embedding(weight.handle, args.tensor('ids').handle, args.number('paddingIdx'))),
  layerNorm: ([x, weight, bias], args) =>
    new Tensor(native.layerNorm(x.handle, weight.shape, weight.handle, bias.handle, args.number('eps'))),
  crossEntropy: ([x], args) =>
    new Tensor(native.crossEntropy(x.handle, args.tensor('target').handle, args.number('ignoreIndex'), 0)),
  transpose: ([a], args) => a.transpose(args.number('dim0'), args.number('dim1')),
  permute: ([a], args) => a.permute(...args.numbers('dims')),
  view: ([a], args) => a.view(...args.numbers('shape')),
  reshape: ([a], args) => a.transpose(0, 1).reshape(...args.numbers('shape')),
  expand: ([a], args) => a.expand(...args.numbers('shape')),
  unsqueeze: ([a], args) => a.unsqueeze(args.number('dim')),
  squeeze: ([a], args) => a.squeeze(args.number('dim')),
  split: ([a], args) => a.split(args.number('size'), args.number('dim'))[args.number('part')],
  cat: ([a, b], args) => cat([a, b], args.number('dim')),
  stack: ([a, b], args) => stack([a, b], args.number('dim')),
  indexSelect: ([a], args) => a.indexSelect(args.number('dim'), args.tensor('index')),
  sum: ([a]) => a.sum(),
  sumOfDim: ([a], args) => a.sum(args.number('dim')),
  mean: ([a]) => a.mean(),
  norm: ([a]) => a.vectorNorm(2),
  clamp: ([a], args) => a.clamp(args.number('min'), args.number('max')),
};

const fixture = readFixture('nn/ops.json') as Fixture & { cases: OpCase[] };

test('the fixture holds every operation listed here', (t) => {
  t.deepEqual(fixture.cases.map(({ name }) => name).sort(), Object.keys(ops).sort());
});

onEveryDevice((device) => {
  for (const opCase of fixture.cases) {
    test(`${opCase.name}, ${device}`, (t) => {
      tidy(() => {
        const compare = new Comparison(t, fixture.recorded, { device });
        const inputs = opCase.inputs.map((input) => decode(input, device).requiresGrad_());
        const op = ops[opCase.name];
        const output = op(inputs as [Tensor, Tensor, Tensor], new Arguments(opCase.arguments, device));
        compare.tensor(output, opCase.output, 'output');
        output.mul(decode(opCase.weight, device)).sum().backward();
        opCase.gradients.forEach((gradient, index) => {
          compare.tensor(inputs[index]?.grad ?? null, gradient, `gradient of input ${index}`);
        });
      });
    });
  }
});

test('integers stay integers with whole numbers, as in Python', (t) => {
  tidy(() => {
    const positions = tensor(Int32Array.of(-3, 2, 9));
    for (const [result, expected] of [
      [positions.clamp(0, 5), [0, 2, 5]],
      [positions.add(1), [-2, 3, 10]],
      [positions.mul(2), [-6, 4, 18]],
    ] as const) {
      t.is(result.dtype, 'int64');
      t.deepEqual([...result.toArray()].map(Number), [...expected]);
    }
  });
});
