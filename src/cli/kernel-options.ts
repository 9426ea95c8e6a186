import type { Options } from 'yargs';
import { UsageError } from '../errors.js';
import type { Kernels } from '../nn/kernels.js';
import { allowTf32 } from '../runtime.js';
import type { Device } from '../tensor.js';

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

/** What the flags choose for a device; throws where it cannot do that. */
export function resolveKernels(
  { fast = false, bf16 = false, tf32 = false }: KernelArgs,
  device: Device,
): Kernels {
  const isCpu = device === 'cpu';
  if (tf32 && isCpu) {
    throw new UsageError('Expected a GPU for --tf32, got the CPU, which has no such products; try --bf16.');
  }
  if ((fast || bf16) && !isCpu) {
    throw new UsageError(
      `Expected the CPU for --${fast ? 'fast' : 'bf16'}, got ${device}; give --device cpu, or --tf32 instead.`,
    );
  }
  if (tf32) allowTf32();
  return { fast: fast || bf16, bf16 };
}
