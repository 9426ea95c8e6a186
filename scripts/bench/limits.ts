import { spawnSync } from 'node:child_process';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { QaError } from '../../src/errors.js';
import { referenceFolder } from '../reference-python.js';

/** What this machine reaches, whoever multiplies: see scripts/reference/limits.py and own-products.ts. */
export interface Limits {
  readonly float32_gflops: number;
  readonly bfloat16_gflops: number;
  readonly copy_gbps: number;
}

/** Products: rows of a batch of 12 x 384, widths in and out of BERT-mini's and the 768-wide models' linear layers. */
const products = JSON.stringify([
  [4608, 256, 256],
  [4608, 256, 1024],
  [4608, 1024, 256],
  [4608, 768, 768],
  [4608, 768, 3072],
]);

export function measureLimits(python: string, threads: number, device: string): Limits {
  const limits = printedBy(
    python,
    join(referenceFolder, 'limits.py'),
    '--threads',
    String(threads),
    '--device',
    device,
    '--shapes',
    products,
  ) as Limits;
  if (device !== 'cpu') return limits;
  const ownProducts = fileURLToPath(new URL('own-products.js', import.meta.url));
  const own = printedBy(process.execPath, ownProducts, String(threads), products) as Omit<
    Limits,
    'copy_gbps'
  >;
  return bestOf(limits, { ...own, copy_gbps: 0 });
}

/** The JSON that a program prints: one of its own, since it would keep its threads. */
function printedBy(program: string, ...args: readonly string[]): unknown {
  const { status, stdout } = spawnSync(program, args, {
    encoding: 'utf8',
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  if (status !== 0) {
    throw new QaError(
      `Expected ${args[0]} to measure this machine's limits, but it failed; see above.`,
      'ERR_CHILD',
    );
  }
  return JSON.parse(stdout);
}

/** Of two measurements the better of each: another program may have been busy during one. */
export function bestOf(a: Limits, b: Limits): Limits {
  return {
    float32_gflops: Math.max(a.float32_gflops, b.float32_gflops),
    bfloat16_gflops: Math.max(a.bfloat16_gflops, b.bfloat16_gflops),
    copy_gbps: Math.max(a.copy_gbps, b.copy_gbps),
  };
}

/** The sizes that a step's operations follow from. */
interface Shape {
  /** Operations for each token, forward, in the linear layers (two for a multiplication and an addition). */
  readonly tokenFlops: number;
  /** Operations for each pair of positions of a row, forward, in attention. */
  readonly pairFlops: number;
  readonly parameters: number;
  /** Where padding is computed on without `--fast`: in the linear layers, and as what attention looks at. */
  readonly pads: { readonly tokens: boolean; readonly keys: boolean };
}

const bert = (layers: number, hidden: number, parameters: number): Shape => ({
  tokenFlops: layers * 2 * (4 * hidden ** 2 + 8 * hidden ** 2),
  pairFlops: layers * 4 * hidden,
  parameters,
  pads: { tokens: true, keys: false },
});

const shapes: Readonly<Record<string, Shape>> = {
  'bert-mini': bert(4, 256, 11_105_282),
  lstm: {
    tokenFlops: 2 * 8 * 768 ** 2,
    pairFlops: 0,
    parameters: 28_167_170,
    pads: { tokens: false, keys: false },
  },
  transformer: {
    tokenFlops: 2 * (4 * 768 ** 2 + 2 * 768 * 2048),
    pairFlops: 4 * 768,
    parameters: 28_956_418,
    pads: { tokens: true, keys: true },
  },
};

/** AdamW reads a weight, its gradient and two moments, and writes all but the gradient: float32. */
const optimizerBytes = 7 * 4;

/** The rows of an average batch. */
export interface BatchShape {
  /** Tokens of each window of the data, without padding. */
  readonly lengths: readonly number[];
  readonly batchSize: number;
  readonly maxSeqLength: number;
}

/**
 * The seconds that no program can be under here: a batch's operations at the speed of a matrix product, and in training
 * (backward costs twice forward) the optimizer's bytes at that of a copy. Undefined for what is no batch of a model.
 *
 * @param what `step` or `eval`, and a model
 */
export function floorSeconds(
  what: string,
  variant: string,
  { lengths, batchSize, maxSeqLength }: BatchShape,
  limits: Limits,
): number | undefined {
  const [kind, model] = what.split(' ');
  if ((kind !== 'step' && kind !== 'eval') || !(model in shapes)) return undefined;
  const { tokenFlops, pairFlops, parameters, pads } = shapes[model];
  const sum = lengths.reduce((flops, length) => {
    const [tokens, keys] = [pads.tokens, pads.keys].map((padded) =>
      variant === 'default' && padded ? maxSeqLength : length,
    ) as [number, number];
    return flops + tokenFlops * tokens + pairFlops * tokens * keys;
  }, 0);
  const flops = (sum / lengths.length) * batchSize;
  const { float32_gflops, bfloat16_gflops } = limits;
  // A processor without products of bfloat16 multiplies these numbers in float32.
  const speed = 1e9 * (variant === 'bf16' ? Math.max(float32_gflops, bfloat16_gflops) : float32_gflops);
  if (kind === 'eval') return flops / speed;
  return (3 * flops) / speed + (optimizerBytes * parameters) / (1e9 * limits.copy_gbps);
}
