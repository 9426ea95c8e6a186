import test from 'ava';
import { full, tensor } from '../../src/create.js';
import { Dropout } from '../../src/nn/dropout.js';
import { Linear } from '../../src/nn/linear.js';
import { Module, Parameter } from '../../src/nn/module.js';
import { liveTensors, tidy } from '../../src/scope.js';

class Block extends Module {
  readonly dense = new Linear(2, 3);
  readonly dropout = new Dropout(0.5);
}

class Stack extends Module {
  readonly blocks = [new Block(), new Block()];
  readonly head = new Linear(3, 1);
}

test('parameters are named as in state_dict, in the order of assignment', (t) => {
  const stack = new Stack();
  t.deepEqual(
    [...stack.namedParameters()].map(([name, { shape }]) => [name, shape.join('x')]),
    [
      ['blocks.0.dense.weight', '3x2'],
      ['blocks.0.dense.bias', '3'],
      ['blocks.1.dense.weight', '3x2'],
      ['blocks.1.dense.bias', '3'],
      ['head.weight', '1x3'],
      ['head.bias', '1'],
    ],
  );
  t.is(stack.numParameters(), 22);
  stack.dispose();
});

test('train and eval reach every module', (t) => {
  const stack = new Stack();
  stack.eval();
  t.deepEqual(
    stack.blocks.map(({ dropout }) => dropout.training),
    [false, false],
  );
  stack.train();
  t.deepEqual(
    stack.blocks.map(({ dropout }) => dropout.training),
    [true, true],
  );
  stack.dispose();
});

test('parameters outlive tidy, and dispose frees all of them', (t) => {
  const before = liveTensors();
  const stack = tidy(() => new Stack());
  t.is(liveTensors(), before + 6);
  t.false(stack.head.weight.isDisposed);
  stack.dispose();
  t.is(liveTensors(), before);
});

test('zeroGrad forgets the gradients', (t) => {
  tidy(() => {
    const layer = new Linear(2, 1);
    layer
      .forward(full([1, 2], 3))
      .sum()
      .backward();
    t.deepEqual([...(layer.weight.grad?.toFloat32Array() ?? [])], [3, 3]);
    layer.zeroGrad();
    t.is(layer.weight.grad, null);
    layer.dispose();
  });
});

test('loadStateDict copies what meets and names what does not', (t) => {
  tidy(() => {
    const layer = new Linear(2, 1);
    const report = layer.loadStateDict(
      new Map([
        ['weight', full([1, 2], 7)],
        ['scale', full([1], 1)],
      ]),
    );
    t.deepEqual(report, { missing: ['bias'], unexpected: ['scale'] });
    t.deepEqual([...layer.weight.toFloat32Array()], [7, 7]);
    t.true(layer.weight.requiresGrad);
    layer.dispose();
  });
});

test('with assign, a parameter lies in memory as its tensor does, and so does its gradient', (t) => {
  tidy(() => {
    const layer = new Linear(2, 3);
    const byColumns = tensor([1, 2, 3, 4, 5, 6], [2, 3]).transpose(0, 1);
    const state = new Map([['weight', byColumns]]);
    layer.loadStateDict(state);
    t.true(layer.weight.isContiguous);
    layer.loadStateDict(state, { assign: true });
    t.false(layer.weight.isContiguous);
    t.deepEqual([...layer.weight.toFloat32Array()], [1, 4, 2, 5, 3, 6]);
    layer
      .forward(tensor([1, 2], [1, 2]))
      .sum()
      .backward();
    t.false(layer.weight.grad?.isContiguous);
    t.deepEqual([...(layer.weight.grad?.toFloat32Array() ?? [])], [1, 2, 1, 2, 1, 2]);
    layer.dispose();
  });
});

test('whole numbers are no weights: they are of a quantized model, whose scales would be missing', (t) => {
  tidy(() => {
    const layer = new Linear(2, 1);
    for (const dtype of ['int64', 'int32', 'uint8', 'bool'] as const) {
      const quantized = new Map([['weight', full([1, 2], 1).to(dtype)]]);
      t.throws(() => layer.loadStateDict(quantized), {
        code: 'ERR_STATE_DTYPE',
        message: /weight of floating-point numbers, got whole ones/,
      });
    }
    layer.dispose();
  });
});

test('parameters on another device have gradients of their own', (t) => {
  const linear = new Linear(2, 3);
  // LibTorch's device without memory: tensors have shapes there, but no numbers.
  linear.to('meta');
  tidy(() => {
    linear
      .forward(full([4, 2], 1, { device: 'meta' }))
      .sum()
      .backward();
  });
  t.deepEqual(
    [...linear.parameters()].map(({ grad }) => grad?.shape),
    [[3, 2], [3]],
  );
  linear.dispose();
});

test('a parameter that was computed from another one is trained on its own', (t) => {
  tidy(() => {
    const first = new Parameter(full([2], 3));
    const second = new Parameter(first.mul(2));
    second.mul(5).sum().backward();
    t.deepEqual([...(second.grad?.toFloat32Array() ?? [])], [5, 5]);
    t.is(first.grad, null);
    first.dispose();
    second.dispose();
  });
});

test('a parameter in two places has two names, and is one', (t) => {
  class Tied extends Module {
    readonly first = new Linear(2, 3);
    readonly second = this.first;
  }
  const tied = new Tied();
  t.is([...tied.namedParameters()].length, 4);
  t.deepEqual(tied.parameters(), tied.first.parameters());
  t.is(tied.numParameters(), 9);
  tied.dispose();
});
