import { keep } from '../scope.js';
import type { Tensor } from '../tensor.js';

/**
 * What layers made of their weights to compute with, for as long as these do not change: rounded, several side by side, laid out as
 * the processor multiplies them. That of one model on one device with one choice of kernels.
 */
export class PrepackedWeights {
  readonly #made = new Map<object, readonly Tensor[]>();

  /** What was made for an owner, or else is made now. */
  of(owner: object, make: () => readonly Tensor[]): readonly Tensor[] {
    const known = this.#made.get(owner);
    if (known !== undefined) return known;
    const made = make().map(keep);
    this.#made.set(owner, made);
    return made;
  }

  /** Frees all of it, which is made anew where it is asked for again. */
  dispose(): void {
    for (const tensor of [...this.#made.values()].flat()) tensor.dispose();
    this.#made.clear();
  }
}

let current: PrepackedWeights | undefined;

/** Runs a forward pass, without gradients, whose layers compute with what they made of their weights before. */
export function withPrepacked<T>(weights: PrepackedWeights, forward: () => T): T {
  const before = current;
  current = weights;
  try {
    return forward();
  } finally {
    current = before;
  }
}

/** What `withPrepacked` has for an owner, made now if need be; undefined outside of it. */
export function prepacked(owner: object, make: () => readonly Tensor[]): readonly Tensor[] | undefined {
  return current?.of(owner, make);
}
