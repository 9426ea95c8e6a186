import { existsSync } from 'node:fs';

/** Whether this machine has an NVIDIA GPU with its driver: only then are CUDA libraries worth a download. */
export function hasNvidiaGpu(): boolean {
  return existsSync('/proc/driver/nvidia/version') || existsSync('/dev/nvidia0');
}
