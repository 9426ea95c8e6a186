/** How layers compute. */
export interface Kernels {
  /** Other kernels and another generator for dropout than Python's: the same mathematics, other last bits. */
  readonly fast: boolean;
  /** With `fast`: bfloat16 for what passes between layers and for their products; weights stay float32. */
  readonly bf16: boolean;
  /** With `fast`, on the CPU: an embedding's gradient has only the rows that occur, as `torch.nn.Embedding(sparse=True)` gives it. */
  readonly sparse?: boolean;
}

/** Python's: its operations in its order, and so its bits. */
export const exactKernels: Kernels = { fast: false, bf16: false };

/** Flags that choose them. */
export interface KernelFlags {
  readonly fast?: boolean | undefined;
  readonly bf16?: boolean | undefined;
}

/** Those that flags ask for; bfloat16 comes with the fast ones only. */
export function kernelsOf({ fast = false, bf16 = false }: KernelFlags): Kernels {
  return { fast: fast || bf16, bf16 };
}

let current = exactKernels;

/** What `withKernels` chose, in the forward pass that is running. */
export function kernels(): Kernels {
  return current;
}

/** Runs a forward pass with the kernels given; its backward pass goes with it. */
export function withKernels<T>(chosen: Kernels, forward: () => T): T {
  const before = current;
  current = chosen;
  try {
    return forward();
  } finally {
    current = before;
  }
}
