import type { Options } from 'yargs';

/** Flags that give up Python's bits for speed; each says what it keeps. */
export const kernelOptions = {
  fast: {
    type: 'boolean',
    describe:
      "no padding anywhere, fused kernels, dropout's own generator: the notebook's mathematics, but its last bits",
  },
  bf16: {
    type: 'boolean',
    describe: '--fast with products and activations in bfloat16; weights, loss and optimizer stay float32',
  },
  tf32: {
    type: 'boolean',
    describe: 'float32 products with ten bits of mantissa, on a GPU; all else stays as it is',
  },
} as const satisfies Record<string, Options>;

export interface KernelArgs {
  readonly fast?: boolean | undefined;
  readonly bf16?: boolean | undefined;
  readonly tf32?: boolean | undefined;
}
