import type { Options } from 'yargs';
import { settingOptions } from '../../src/cli/options.js';
import { UsageError } from '../../src/errors.js';

const group = 'With --scores:';

/** Options of `--scores`; the settings are those of `train`. */
export const scoreOptions = {
  'model-name-or-path': {
    type: 'string',
    group,
    describe: 'The folder of a BERT that training starts from, or its name on the hub',
    requiresArg: true,
  },
  'max-train-samples': {
    type: 'number',
    group,
    describe: 'Train on so many questions, at even distances',
    requiresArg: true,
  },
  'max-eval-samples': {
    type: 'number',
    group,
    describe: 'Score so many of the held-out questions, likewise',
    requiresArg: true,
  },
} as const satisfies Record<string, Options>;

const settings = settingOptions([
  'numTrainEpochs',
  'learningRate',
  'warmupRatio',
  'perDeviceTrainBatchSize',
  'maxSeqLength',
  'docStride',
]);

/** What `train` calls the same: the notebook's by default. */
export const scoreSettings: Record<string, Options> = Object.fromEntries(
  Object.entries({
    ...settings,
    'warmup-ratio': {
      ...settings['warmup-ratio'],
      describe: 'part of all steps with a rising learning rate',
    },
  }).map(([name, option]) => [name, { ...option, group }]),
);

/** Throws where questions cannot be counted so. */
export function checkCount(name: string, count: number | undefined): void {
  if (count === undefined || (Number.isInteger(count) && count >= 1)) return;
  throw new UsageError(`Expected --${name} to be a whole number of 1 or more, got ${count}.`);
}
