import { ones } from './create.js';
import { messageOf, QaError, UsageError } from './errors.js';
import { native } from './native.js';
import { tidy } from './scope.js';
import { nameOfDevice, type Device } from './tensor-memory.js';

/** What the addon runs on. */
export interface RuntimeInfo {
  readonly torchVersion: string;
  /** The instruction set LibTorch's kernels use here, such as `AVX512`: bits may differ between them. */
  readonly cpuCapability: string;
  /** Threads that one operation uses. */
  readonly threads: number;
  /** Whether LibTorch was built with CUDA, and how many GPUs it sees. */
  readonly cudaBuilt: boolean;
  readonly cudaDevices: number;
  /** Whether the addon was built with CUDA graphs. */
  readonly cudaGraphs: boolean;
}

/** What the addon runs on, as it is now: threads can be set. */
export function runtimeInfo(): RuntimeInfo {
  return {
    torchVersion: native.torchVersion,
    cpuCapability: native.cpuCapability(),
    threads: native.getNumThreads(),
    cudaBuilt: native.cudaBuilt(),
    cudaDevices: native.cudaDeviceCount(),
    cudaGraphs: native.hasCudaGraphs(),
  };
}

/** LibTorch's OpenMP ends the process, without a word of where, if the system has no room for as many as it is told. */
const mostThreads = 1024;

/** Sets the threads that one operation uses. Sums over threads change in the last bits with their number. */
export function setNumThreads(count: number): void {
  if (!Number.isInteger(count) || count < 1 || count > mostThreads) {
    throw new UsageError(
      `Expected a number of threads from 1 to ${mostThreads}, got ${count}; leave \`threads\` out to use all.`,
    );
  }
  native.setNumThreads(count);
}

/**
 * `auto` is the first GPU where there is one, else the CPU.
 * @throws UsageError for another name; QaError `ERR_NO_CUDA` where there is no such GPU, or none that LibTorch can compute on
 */
export function resolveDevice(name: string): Device {
  if (name === 'cpu' || (name === 'auto' && native.cudaDeviceCount() === 0)) return 'cpu';
  const device = nameOfGpu(name === 'auto' ? 'cuda' : name);
  expectToCompute(device);
  return device;
}

function nameOfGpu(name: string): Device {
  if (!/^cuda(:(0|[1-9]\d*))?$/.test(name)) {
    throw new UsageError(`Expected \`device\` to be auto, cpu, cuda or cuda:<index>, got "${name}".`);
  }
  if (!native.cudaBuilt()) {
    throw new QaError(
      `Expected a LibTorch with CUDA for \`device\` ${name}, but the addon was built against a CPU one ` +
        `(${native.torchVersion}); point LIBTORCH at a CUDA build and run \`qa-native setup --force\`.`,
      'ERR_NO_CUDA',
    );
  }
  const index = Number(name.split(':')[1] ?? 0);
  if (index >= native.cudaDeviceCount()) {
    throw new QaError(
      `Expected GPU ${index} for \`device\` ${name}, but LibTorch sees ${native.cudaDeviceCount()}; see \`qa-native doctor\`.`,
      'ERR_NO_CUDA',
    );
  }
  return nameOfDevice(name);
}

/** A LibTorch has kernels for some generations of GPUs alone, and another process may have one to itself. */
export function expectToCompute(
  device: Device,
  compute = () => tidy(() => ones([1], { device }).item()),
): void {
  try {
    compute();
  } catch (error) {
    throw new QaError(
      `Expected \`device\` ${device} to compute, but its first operation failed (${messageOf(error)}); take another ` +
        'device or cpu or, where LibTorch has nothing for this GPU, point LIBTORCH at a build that has and run `qa-native setup --force`.',
      'ERR_NO_CUDA',
      { cause: error },
    );
  }
}

/**
 * Deterministic kernels and full float32 products, as PyTorch documents for reproducible runs. An operation that has no such
 * kernel is refused.
 */
export function useExactArithmetic(): void {
  native.setDeterministic(true);
  native.setAllowTf32(false);
}

/** Lets a GPU compute float32 products with ten bits of mantissa. */
export function allowTf32(): void {
  native.setAllowTf32(true);
}
