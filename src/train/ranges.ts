import { atLeastOne, expectNumber, type NumberRange } from '../number-range.js';
import type { TrainingOptions } from './options.js';

const partOfAll: NumberRange = { least: 0, most: 1, whole: false };
const notNegative: NumberRange = { least: 0, whole: false };

/** The numbers that make sense for a run. */
export const trainingRanges = {
  perDeviceTrainBatchSize: atLeastOne,
  gradientAccumulationSteps: atLeastOne,
  learningRate: notNegative,
  numTrainEpochs: { least: 0, above: true, whole: false },
  maxSteps: { least: -1, whole: true },
  warmupSteps: { least: 0, whole: true },
  warmupRatio: partOfAll,
  maxGradNorm: notNegative,
  weightDecay: notNegative,
  labelSmoothing: partOfAll,
} as const satisfies Partial<Record<keyof TrainingOptions, NumberRange>>;

/** What may be left out, by JavaScript callers too; of the rest, no compiler would tell them. */
const optional: ReadonlySet<string> = new Set<keyof TrainingOptions>([
  'gradientAccumulationSteps',
  'warmupRatio',
  'weightDecay',
  'labelSmoothing',
]);

/** Throws wrong usage where a run's number makes no sense: it would train otherwise than it was told, or nothing. */
export function checkTrainingOptions(options: TrainingOptions): void {
  for (const [name, range] of Object.entries(trainingRanges)) {
    const value = options[name as keyof typeof trainingRanges];
    if (value !== undefined || !optional.has(name)) expectNumber(`\`${name}\``, value, range);
  }
}
