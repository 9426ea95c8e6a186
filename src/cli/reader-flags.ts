import { atLeastOne, expectNumber } from '../number-range.js';
import type { Options } from 'yargs';
import type { Reader } from '../reader/reader.js';
import { kernelOptions } from './kernel-options.js';
import {
  deviceOptions,
  modelDirOption,
  ofTheRun,
  preparationSettings,
  resolveSettings,
  settingOptions,
  trainedElsewhereOption,
} from './options.js';

/** Flags of the commands that answer questions with a trained model. */
export const readerFlags = {
  'model-dir': modelDirOption,
  'model-name-or-path': trainedElsewhereOption,
  ...settingOptions(preparationSettings, ofTheRun),
  ...settingOptions(['perDeviceEvalBatchSize', 'maxAnswerLength']),
  ...deviceOptions,
  fast: kernelOptions.fast,
  bf16: kernelOptions.bf16,
} as const satisfies Record<string, Options>;

export interface ReaderArgs {
  readonly modelDir: string;
  readonly modelNameOrPath?: string;
  readonly maxSeqLength?: number;
  readonly docStride?: number;
  readonly perDeviceEvalBatchSize?: number;
  readonly maxAnswerLength?: number;
  readonly device: string;
  readonly threads?: number;
  readonly fast?: boolean;
  readonly bf16?: boolean;
}

/** Opens the reader that the flags name, with the windows of its training where they name none. */
export async function loadReader(args: ReaderArgs): Promise<Reader> {
  const { perDeviceEvalBatchSize: batchSize } = resolveSettings({}, { ...args });
  const [{ Reader }, { availableThreads }, { trainedFolder }] = await Promise.all([
    import('../reader/reader.js'),
    import('../setup/threads.js'),
    import('./trained-model.js'),
  ]);
  const { maxSeqLength, docStride, fast, bf16, threads = availableThreads() } = args;
  expectNumber('--threads', threads, atLeastOne);
  return Reader.load(await trainedFolder(args), {
    device: args.device,
    threads,
    batchSize,
    maxSeqLength,
    docStride,
    fast,
    bf16,
  });
}
