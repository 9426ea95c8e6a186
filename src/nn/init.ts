import type { Tensor } from '../tensor.js';

let skipping = false;

/**
 * Builds a module whose parameters are about to be loaded: as in transformers' `from_pretrained`, no initialisation
 * runs, and so no random number is drawn.
 */
export function withoutInit<T>(build: () => T): T {
  const before = skipping;
  skipping = true;
  try {
    return build();
  } finally {
    skipping = before;
  }
}

/** `torch.nn.init.uniform_`. */
export function uniform_(tensor: Tensor, from: number, to: number): void {
  if (!skipping) tensor.uniform_(from, to);
}

/** `torch.nn.init.normal_`. */
export function normal_(tensor: Tensor, mean = 0, std = 1): void {
  if (!skipping) tensor.normal_(mean, std);
}

/**
 * `torch.nn.init.kaiming_uniform_(weight, a=sqrt(5))` for a weight [out, in], the default of `nn.Linear`. The bound
 * is computed in Python's order of operations: its last bit reaches the weights.
 */
export function kaimingUniform_(weight: Tensor): void {
  const gain = Math.sqrt(2 / (1 + Math.sqrt(5) * Math.sqrt(5)));
  const bound = Math.sqrt(3) * (gain / Math.sqrt(weight.size(1)));
  uniform_(weight, -bound, bound);
}

/** `torch.nn.init.xavier_uniform_` for a weight [out, in]. */
export function xavierUniform_(weight: Tensor): void {
  const bound = Math.sqrt(3) * Math.sqrt(2 / (weight.size(1) + weight.size(0)));
  uniform_(weight, -bound, bound);
}
