import { native } from '../native.js';
import { Tensor } from '../tensor.js';
import { kernels } from './kernels.js';
import type { Module, Parameter } from './module.js';
import { prepacked } from './prepacked.js';

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
  if (!kernels().bf16 || modules.every(isOnCpu)) return forward();
  const parameters = modules.flatMap((module) => module.parameters());
  const before = current;
  const round = () =>
    native.roundAll(parameters.map(({ handle }) => handle)).map((handle) => new Tensor(handle));
  const values = prepacked(modules[0], round) ?? round();
  current = new Map(values.map((value, index) => [parameters[index], value]));
  try {
    return forward();
  } finally {
    current = before;
  }
}

/** By its first parameter: a model is moved as a whole, and to ask all of them takes as long as some of its operations. */
function isOnCpu(module: Module): boolean {
  const [first] = module.namedParameters();
  return first?.[1].device === 'cpu';
}
