import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { ContestantSettings } from './contestant.js';
import { describeMachine } from './machine.js';
import { settingsOf, type BenchArgs } from './options.js';
import { median } from './samples.js';
import { writeStudy, type SweepResult } from './scaling-report.js';
import { isPython, startContestant, variants as all, type Variant } from './variants.js';

/** One thing that is made larger while the rest stays. */
export interface Sweep {
  readonly name: string;
  readonly title: string;
  /** What the x axis counts. */
  readonly unit: string;
  /** Whether both axes are logarithmic. */
  readonly log: boolean;
  readonly points: readonly Point[];
}

interface Point {
  readonly x: number;
  /** Where a number does not say it. */
  readonly label?: string;
  readonly settings: Partial<ContestantSettings>;
  /** A BERT's config.json; by default BERT-mini's. */
  readonly config?: object;
}

/** Turc et al. 2019 (arXiv:1908.08962), and BERT-base: layers, width, heads. */
const sizes = [
  ['tiny', 2, 128, 2],
  ['mini', 4, 256, 4],
  ['small', 4, 512, 8],
  ['medium', 8, 512, 8],
  ['base', 12, 768, 12],
] as const;

function bertConfig(layers: number, hidden: number, heads: number): object {
  return {
    model_type: 'bert',
    num_hidden_layers: layers,
    hidden_size: hidden,
    num_attention_heads: heads,
    intermediate_size: 4 * hidden,
  };
}

export const sweeps: readonly Sweep[] = [
  {
    name: 'batch-size',
    title: 'BERT-mini, 384 positions: seconds a step by batch size',
    unit: 'windows of a batch',
    log: false,
    points: [1, 2, 4, 8, 12, 16, 24].map((x) => ({ x, settings: { batch_size: x } })),
  },
  {
    name: 'sequence-length',
    title: 'BERT-mini, batches of 12: seconds a step by sequence length',
    unit: 'positions of a window',
    log: false,
    points: [96, 128, 192, 256, 384, 512].map((x) => ({
      x,
      settings: { max_seq_length: x, doc_stride: Math.min(128, x / 4) },
    })),
  },
  {
    name: 'model-size',
    title: 'Batches of 4 x 384: seconds a step by the size of BERT, from random weights',
    unit: 'million weights of the layers',
    log: true,
    points: sizes.map(([label, layers, hidden, heads]) => ({
      x: (12 * layers * hidden ** 2) / 1e6,
      label,
      settings: { batch_size: 4 },
      config: bertConfig(layers, hidden, heads),
    })),
  },
];

/** Measures every point of every sweep, with and without the flags for speed, and writes charts and what they say. */
export async function studyScaling(args: BenchArgs, folder: string): Promise<void> {
  const variants = all.filter((variant) => !isPython(variant));
  const steps = args.steps ?? (args.quick ? 1 : 4);
  const results: SweepResult[] = [];
  for (const sweep of sweeps) {
    process.stdout.write(`${sweep.title}\n`);
    const seconds = new Map<Variant, number[]>(variants.map((variant) => [variant, []]));
    for (const point of sweep.points) {
      // Twenty steps want no more windows than these.
      const settings = { ...settingsOf(args), max_train_samples: 1000, ...point.settings };
      const values = await measurePoint(point, settings, variants, steps, folder);
      for (const [variant, value] of values) seconds.get(variant)?.push(value);
      const shown = values.map(([variant, value]) => `${variant} ${value.toFixed(3)} s`).join(', ');
      process.stdout.write(`  ${point.label ?? point.x}: ${shown}\n`);
    }
    results.push({ sweep, seconds });
  }
  await writeStudy(args.outputDir, describeMachine(args.device), args.threads, results);
  process.stdout.write(`Written to ${join(args.outputDir, 'README.md')} and its folder scaling\n`);
}

/** Seconds of a step, the median of `steps` that alternate between the variants. */
async function measurePoint(
  point: Point,
  settings: Omit<ContestantSettings, 'variant' | 'model'>,
  variants: readonly Variant[],
  steps: number,
  folder: string,
): Promise<[Variant, number][]> {
  const config = join(folder, 'config.json');
  if (point.config !== undefined) writeFileSync(config, JSON.stringify(point.config));
  const given = { ...settings, model: 'bert-mini', config_file: point.config === undefined ? null : config };
  const contestants = variants.map((variant) => ({
    variant,
    contestant: startContestant(variant, '', given),
    seconds: [] as number[],
  }));
  try {
    for (const { contestant } of contestants) {
      await contestant.ready();
      await contestant.ask({ do: 'step' });
    }
    for (let step = 0; step < steps; step++) {
      for (const { contestant, seconds } of contestants) {
        seconds.push((await contestant.ask({ do: 'step' })).seconds ?? NaN);
      }
    }
  } finally {
    await Promise.all(contestants.map(({ contestant }) => contestant.close()));
  }
  return contestants.map(({ variant, seconds }) => [variant, median(seconds)]);
}
