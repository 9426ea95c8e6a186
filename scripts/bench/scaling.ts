import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { ContestantSettings } from './contestant.js';
import { describeMachine } from './machine.js';
import { settingsOf, type BenchArgs } from './options.js';
import { paceOf } from './pace.js';
import { median } from './samples.js';
import { writeStudy, type SweepResult } from './scaling-report.js';
import { sweeps, type Point } from './sweeps.js';
import { isPython, startContestant, variants as all, type Variant } from './variants.js';

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
  process.stdout.write(`Written to ${join(args.outputDir, 'scaling')}\n`);
}

/** Seconds of a step, the median of `steps` that alternate between the variants, after those that set up. */
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
  const { warmUp } = paceOf(settings.device, false);
  const contestants = variants.map((variant) => ({
    variant,
    contestant: startContestant(variant, '', given),
    seconds: [] as number[],
  }));
  try {
    for (const { contestant } of contestants) {
      await contestant.ready();
      for (let step = 0; step < warmUp; step++) await contestant.ask({ do: 'step' });
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
