import { QaError } from './errors.js';
import { native } from './native.js';
import { Tensor, type Device } from './tensor.js';

/** Seeds the global generators of the CPU and of every GPU, as `torch.manual_seed`. A safe integer, 0 or more. */
export function manualSeed(seed: number): void {
  if (!Number.isSafeInteger(seed) || seed < 0) {
    throw new QaError(
      `Expected a seed to be a whole number of 0 or more, got ${seed}; give one below 2 ** 53.`,
    );
  }
  native.manualSeed(seed);
}

/** The state of a device's global generator, a uint8 tensor on the CPU. */
export function getRngState(device: Device = 'cpu'): Tensor {
  return new Tensor(native.getRngState(device));
}

/** Puts back a state that `getRngState` gave. */
export function setRngState(state: Tensor, device: Device = 'cpu'): void {
  native.setRngState(device, state.handle);
}

/**
 * The order in which `DataLoader(shuffle=True)` visits `n` items in one epoch. It draws from the global generator
 * what Python's loader draws when its iteration begins: a base seed for worker processes, which nobody uses, and the
 * sampler's seed, from which a generator of its own makes the permutation.
 */
export function randomPermutation(n: number): Int32Array {
  native.dispose(native.drawSeed());
  const seed = native.drawSeed();
  const permutation = native.randperm(n, seed);
  const order = Int32Array.from(native.toArray(permutation) as BigInt64Array, Number);
  native.dispose(seed);
  native.dispose(permutation);
  return order;
}
