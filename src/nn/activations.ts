import type { Tensor } from '../tensor.js';

const root = Math.sqrt(2 / Math.PI);

/**
 * What `hidden_act` of a `config.json` may name: transformers' `ACT2FN` (4.46.3) as far as BERTs use it, elementwise.
 * Those that Python composes are composed here of the same operations in the same order.
 */
export const activations = {
  gelu: (x) => x.gelu(),
  gelu_new: (x) => x.mul(0.5).mul(x.add(x.pow(3).mul(0.044715)).mul(root).tanh().add(1)),
  gelu_fast: (x) => x.mul(0.5).mul(x.mul(0.7978845608).mul(x.mul(0.044715).mul(x).add(1)).tanh().add(1)),
  gelu_pytorch_tanh: (x) => x.gelu('tanh'),
  relu: (x) => x.relu(),
  silu: (x) => x.silu(),
  swish: (x) => x.silu(),
  tanh: (x) => x.tanh(),
} as const satisfies Record<string, (x: Tensor) => Tensor>;

/** An activation, by its name in config.json (`hidden_act`). */
export type HiddenAct = keyof typeof activations;
