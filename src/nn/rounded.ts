import { native } from '../native.js';
import { Tensor } from '../tensor.js';
import { kernels } from './kernels.js';
import type { Module, Parameter } from './module.js';

let current: ReadonlyMap<Parameter, Tensor> = new Map();

/** What a layer computes with: a parameter, or what `withRounded` has in its place. */
export function rounded(parameter: Parameter): Tensor {
  return current.get(parameter) ?? parameter;
}

/**
 * Runs a forward pass of modules. On a GPU their parameters are rounded to bfloat16 all at once first, where that is what they
 * compute in: one by one, that and the way back of the gradients would be a third of a step's kernels.
 */
export function withRounded<T>(modules: readonly Module[], forward: () => T): T {
  const parameters = modules.flatMap((module) => module.parameters());
  if (!kernels().bf16 || parameters.every(({ device }) => device === 'cpu')) return forward();
  const before = current;
  const values = native.roundAll(parameters.map(({ handle }) => handle));
  current = new Map(values.map((value, index) => [parameters[index], new Tensor(value)]));
  try {
    return forward();
  } finally {
    current = before;
  }
}
