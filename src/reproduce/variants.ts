import { number } from '../counts.js';
import type { Example } from '../data/examples.js';
import { prepareFeatures } from '../data/features.js';
import { evaluate } from '../evaluate/evaluate.js';
import { startingPoint, type StartingPointArgs } from '../hub/pretrained.js';
import { modelKind } from '../models/index.js';
import { jointSpanLoss } from '../models/joint-span-loss.js';
import type { Section } from '../report/section.js';
import { train } from '../train/loop.js';
import type { TrainingOptions } from '../train/options.js';

/** A short run of BERT-mini that differs from the baseline in one thing. */
interface Variant {
  readonly name: string;
  readonly start: 'checkpoint' | 'random';
  /** How many times the baseline's batch; the steps are as many times fewer, so that as many windows are seen. */
  readonly batches: number;
  readonly recipe: Pick<TrainingOptions, 'loss' | 'labelSmoothing'>;
}

export interface VariantResult {
  readonly name: string;
  readonly start: Variant['start'];
  readonly batchSize: number;
  readonly steps: number;
  /** The mean of the last tenth of the steps; of another loss, another number. */
  readonly lastLoss: number;
  /** In percent, of the questions that were evaluated. */
  readonly exactMatch: number;
  readonly f1: number;
  readonly minutes: number;
}

export interface VariantRun {
  readonly options: TrainingOptions & {
    readonly docStride: number;
    readonly perDeviceEvalBatchSize: number;
    readonly nBestSize: number;
    readonly maxAnswerLength: number;
  };
  readonly steps: number;
  readonly training: readonly Example[];
  readonly validation: readonly Example[];
  /** Where each start is; without a checkpoint all runs start at random. */
  readonly starts: { readonly checkpoint?: StartingPointArgs; readonly random: StartingPointArgs };
}

const smoothing = 0.1;
const baseline = 'baseline';
const fromRandom = 'random weights';

function variantsFor(start: Variant['start']): Variant[] {
  const variants: Variant[] = [
    { name: baseline, start, batches: 1, recipe: {} },
    { name: 'batch four times as large', start, batches: 4, recipe: {} },
    { name: `label smoothing ${smoothing}`, start, batches: 1, recipe: { labelSmoothing: smoothing } },
    { name: 'one softmax over spans', start, batches: 1, recipe: { loss: jointSpanLoss } },
  ];
  return start === 'random'
    ? variants
    : [...variants, { name: fromRandom, start: 'random', batches: 1, recipe: {} }];
}

/**
 * Trains and evaluates each variant.
 * @param onProgress hears how many of all are done
 * @param keep gives what was made of a variant before, or makes it: a run may be killed between two
 */
export async function runVariants(
  run: VariantRun,
  onProgress: (done: number, total: number) => void,
  keep: (name: string, make: () => Promise<VariantResult>) => Promise<VariantResult> = (_, make) => make(),
): Promise<VariantResult[]> {
  const variants = variantsFor(run.starts.checkpoint === undefined ? 'random' : 'checkpoint');
  const results: VariantResult[] = [];
  for (const [index, variant] of variants.entries()) {
    results.push(await keep(variant.name, () => runVariant(run, variant)));
    onProgress(index + 1, variants.length);
  }
  return results;
}

async function runVariant(run: VariantRun, variant: Variant): Promise<VariantResult> {
  const began = performance.now();
  const { model, tokenizer } = await startingPoint(
    modelKind('bert-mini'),
    run.starts[variant.start] ?? run.starts.random,
  );
  const steps = Math.max(1, Math.round(run.steps / variant.batches));
  const batchSize = run.options.perDeviceTrainBatchSize * variant.batches;
  const { padTokenId } = tokenizer;
  const options = {
    ...run.options,
    ...variant.recipe,
    padTokenId,
    perDeviceTrainBatchSize: batchSize,
    maxSteps: steps,
  };
  const features = prepareFeatures(run.training, tokenizer, run.options);
  const losses: number[] = [];
  for await (const { loss } of train(model, features, options, () => variant.name)) losses.push(loss);
  const windows = prepareFeatures(run.validation, tokenizer, run.options);
  const { metrics } = await evaluate(model, run.validation, windows, {
    ...run.options,
    padTokenId,
    version2WithNegative: false,
    nullScoreDiffThreshold: 0,
  });
  model.dispose();
  const last = losses.slice(-Math.ceil(losses.length / 10));
  return {
    name: variant.name,
    start: variant.start,
    batchSize,
    steps,
    lastLoss: last.reduce((sum, loss) => sum + loss, 0) / last.length,
    exactMatch: 'exact_match' in metrics ? metrics.exact_match : metrics.exact,
    f1: metrics.f1,
    minutes: (performance.now() - began) / 60_000,
  };
}

/** Problems 3.3 and 3.4: what pretraining is worth, and what the notebook's proposals bring, in short runs. */
export function variantsSection(results: readonly VariantResult[], questions: number): Section {
  const base = results.find(({ name }) => name === baseline);
  if (base === undefined) throw new RangeError('Expected the baseline among the variants.');
  const random = results.find(({ name }) => name === fromRandom);
  const points = (f1: number) => {
    const distance = Math.abs(f1 - base.f1).toFixed(2);
    return distance === '0.00' ? 'the same' : `${distance} points ${f1 > base.f1 ? 'more' : 'less'}`;
  };
  const effects = results
    .filter((result) => result !== base && result !== random)
    .map(({ name, f1 }) => `${name} ${points(f1)}`);
  return {
    heading: 'What pretraining is worth, and what else was tried',
    blocks: [
      `BERT-mini in short runs of ${number(base.steps * base.batchSize)} windows each, scored on ` +
        `${number(questions)} questions; one run each, so that small differences may be chance.`,
      random === undefined
        ? 'All start from random weights: no checkpoint was given, so what pretraining is worth was not measured.'
        : `After ${base.steps} steps the pretrained start has F1 ${base.f1.toFixed(2)}, the random one ` +
          `${random.f1.toFixed(2)}: ${points(random.f1)}.`,
      `Against the baseline's F1 of ${base.f1.toFixed(2)}: ${effects.join(', ')}.`,
      {
        kind: 'table',
        head: ['run', 'start', 'batch', 'steps', 'last losses', 'EM', 'F1', 'minutes'],
        rows: results.map((result) => [
          result.name,
          result.start,
          `${result.batchSize}`,
          `${result.steps}`,
          result.lastLoss.toFixed(3),
          result.exactMatch.toFixed(2),
          result.f1.toFixed(2),
          result.minutes.toFixed(1),
        ]),
      },
    ],
  };
}
