/** How many times as fast a contestant is to be as another; for memory, how many times as small. */
export interface Target {
  readonly what: string;
  readonly variant: string;
  readonly against: string;
  readonly ratio: number;
}

/** Seconds that something is to stay under. */
export interface TimeTarget {
  readonly what: string;
  readonly variant: string;
  readonly under: number;
}

const target = (what: string, variant: string, against: string, ratio: number): Target => ({
  what,
  variant,
  against,
  ratio,
});

/** What the project set itself. */
export interface Targets {
  readonly ratios: readonly Target[];
  readonly times: readonly TimeTarget[];
}

/** For two CPU cores. */
export const cpuTargets: Targets = {
  ratios: [
    target('step bert-mini', 'default', 'python', 1.3),
    target('step bert-mini', 'fast', 'python', 4),
    target('step bert-mini', 'fast', 'peer', 3),
    target('step bert-mini', 'bf16', 'python', 8),
    target('step lstm', 'default', 'python', 1.3),
    target('step lstm', 'fast', 'python', 3),
    target('step lstm', 'fast', 'peer', 2.5),
    target('step transformer', 'default', 'python', 1.3),
    target('step transformer', 'fast', 'python', 4),
    target('step transformer', 'fast', 'peer', 2.5),
    target('step transformer', 'bf16', 'python', 8),
    target('eval bert-mini', 'default', 'python', 1.2),
    target('eval bert-mini', 'fast', 'python', 3),
    target('eval bert-mini', 'bf16', 'python', 8),
    target('preparation', 'default', 'python', 3),
    target('post-processing and score', 'default', 'python', 20),
    target('peak memory bert-mini', 'default', 'python', 2),
  ],
  times: [],
};

/** For one GPU; the times for one of the H200's kind. */
export const cudaTargets: Targets = {
  ratios: [
    target('step bert-mini', 'default', 'python', 5),
    target('step lstm', 'default', 'python', 3),
    target('step lstm', 'fast', 'python', 6),
    target('step lstm', 'bf16', 'python', 10),
    target('step transformer', 'default', 'python', 3),
    target('step transformer', 'fast', 'python', 6),
    target('step transformer', 'bf16', 'python', 10),
  ],
  times: [
    { what: 'step bert-mini', variant: 'default', under: 0.0022 },
    { what: 'step bert-mini', variant: 'fast', under: 0.0012 },
    { what: 'step bert-mini', variant: 'bf16', under: 0.0004 },
    { what: 'evaluation bert-mini', variant: 'default', under: 4 },
    { what: 'evaluation bert-mini', variant: 'fast', under: 2 },
    { what: 'evaluation bert-mini', variant: 'bf16', under: 1 },
  ],
};
