import { existsSync } from 'node:fs';

/** Of the driver on Linux, and of Windows' own in WSL. */
const signs = ['/proc/driver/nvidia/version', '/dev/nvidia0', '/usr/lib/wsl/lib/libcuda.so.1'];

/** Whether this machine has an NVIDIA GPU with its driver: only then are CUDA libraries worth a download. */
export function hasNvidiaGpu(): boolean {
  return signs.some((path) => existsSync(path));
}
