import type { KernelArgs } from '../../src/cli/kernel-options.js';
import { resolveKernels } from '../../src/cli/resolve-kernels.js';
import { UsageError } from '../../src/errors.js';
import { useExactArithmetic } from '../../src/runtime.js';
import type { Device } from '../../src/tensor.js';

/** A way to compute that `train` and `eval` can be asked for. */
export interface Arithmetic {
  readonly name: ArithmeticName;
  readonly flags: KernelArgs;
}

export type ArithmeticName = 'default' | '--fast' | '--bf16' | '--tf32';

const all: readonly Arithmetic[] = [
  { name: 'default', flags: {} },
  { name: '--fast', flags: { fast: true } },
  { name: '--bf16', flags: { bf16: true } },
  { name: '--tf32', flags: { tf32: true } },
];

/** Chooses an arithmetic for all that the process computes from here on, whatever it computed with before. */
export function chooseKernels({ flags }: Arithmetic, device: Device) {
  useExactArithmetic();
  return resolveKernels(flags, device);
}

/** Those that the device has: what the flags themselves do not refuse. */
export function arithmeticsOf(device: Device): Arithmetic[] {
  const has = (arithmetic: Arithmetic) => {
    try {
      chooseKernels(arithmetic, device);
      return true;
    } catch (error) {
      if (error instanceof UsageError) return false;
      throw error;
    }
  };
  const found = all.filter(has);
  useExactArithmetic();
  return found;
}
