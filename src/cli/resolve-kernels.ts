import { UsageError } from '../errors.js';
import { kernelsOf, type Kernels } from '../nn/kernels.js';
import { allowTf32 } from '../runtime.js';
import type { Device } from '../tensor.js';
import type { KernelArgs } from './kernel-options.js';

/** What the flags choose for a device; throws where it cannot do that. */
export function resolveKernels({ tf32 = false, ...flags }: KernelArgs, device: Device): Kernels {
  const isCpu = device === 'cpu';
  if (tf32 && isCpu) {
    throw new UsageError('Expected a GPU for --tf32, got the CPU, which has no such products; try --bf16.');
  }
  if (tf32) allowTf32();
  return kernelsOf(flags);
}
