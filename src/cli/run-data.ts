import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { UsageError } from '../errors.js';
import { resolveDataset } from '../hub/datasets.js';
import { cacheDir } from '../setup/paths.js';
import { readRunRecord, recordFile } from './read-run-record.js';
import type { RunDataArgs } from './run-data-flags.js';

/** The questions that a run is scored on. */
export interface RunData {
  readonly file: string;
  /** How many of its first questions; undefined for all. */
  readonly maxEvalSamples: number | undefined;
  /** Whether some may have no answer. */
  readonly version2WithNegative: boolean;
}

/**
 * The questions that the flags name, else those of the run's run.json, else SQuAD v1.1.
 * @param folder of the run; one from elsewhere has no run.json
 */
export async function dataOfRun(flags: RunDataArgs, folder: string): Promise<RunData> {
  const isNamed = flags.dataset !== undefined || flags.validationFile !== undefined;
  const recorded = isNamed ? {} : await recordedData(folder);
  const { validationFile: file, version2WithNegative } = await resolveDataset(
    isNamed ? flags : recorded,
    cacheDir(),
    ['validation'],
  );
  if (file === undefined) throw new UsageError('Expected --validation-file or --dataset, but neither came.');
  const asked = flags.version2WithNegative ?? recorded.version2WithNegative;
  return {
    file,
    maxEvalSamples: flags.maxEvalSamples ?? recorded.maxEvalSamples,
    version2WithNegative: asked ?? version2WithNegative,
  };
}

async function recordedData(folder: string): Promise<RunDataArgs> {
  if (!existsSync(join(folder, recordFile))) return {};
  const { flags } = await readRunRecord(folder);
  const { maxEvalSamples } = flags;
  const text = (name: string) => (typeof flags[name] === 'string' ? flags[name] : undefined);
  return {
    dataset: text('dataset'),
    validationFile: text('validationFile'),
    maxEvalSamples: typeof maxEvalSamples === 'number' ? maxEvalSamples : undefined,
    version2WithNegative: flags['version2WithNegative'] === true,
  };
}
