import { existsSync } from 'node:fs';
import { join } from 'node:path';
import type { BertTokenizer } from '../data/tokenizer.js';
import { QaError } from '../errors.js';
import { modelFolder } from '../hub/model-folder.js';
import type { ReaderModel } from '../models/reader-model.js';
import { loadTrainedModel } from '../models/trained.js';
import { readPreparation } from '../reader/preparation.js';
import { resolveDevice, setNumThreads, useExactArithmetic } from '../runtime.js';
import { availableThreads } from '../setup/threads.js';
import type { Kernels } from '../nn/kernels.js';
import type { Device } from '../tensor.js';
import type { KernelArgs } from './kernel-options.js';
import { resolveKernels } from './resolve-kernels.js';
import { evaluationSettings, resolveSettings, type Settings } from './options.js';
import { readRunRecord, recordFile } from './read-run-record.js';

export interface TrainedModel {
  readonly model: ReaderModel;
  readonly tokenizer: BertTokenizer;
  readonly settings: Settings;
  readonly device: Device;
  readonly kernels: Kernels;
}

/** Opens a trained model with the windows it was trained on, for a command with these flags. */
export async function openTrainedModel(
  args: KernelArgs & {
    readonly modelDir: string;
    readonly modelNameOrPath?: string | undefined;
    readonly device: string;
    readonly threads: number | undefined;
  },
): Promise<TrainedModel> {
  const device = resolveDevice(args.device);
  setNumThreads(args.threads ?? availableThreads());
  useExactArithmetic();
  const kernels = resolveKernels(args, device);
  const dir = await trainedFolder(args);
  const { model, tokenizer } = await loadTrainedModel(dir);
  const settings = resolveSettings(
    { ...(await recordedEvaluation(dir)), ...(await readPreparation(dir)) },
    { ...args },
  );
  model.to(device).eval();
  return { model, tokenizer, settings, device, kernels };
}

/** How a run's own evaluation was done; nothing for a model from elsewhere. */
async function recordedEvaluation(dir: string): Promise<Partial<Settings>> {
  if (!existsSync(join(dir, recordFile))) return {};
  const { flags } = await readRunRecord(dir);
  return Object.fromEntries(
    evaluationSettings.flatMap((name) => (typeof flags[name] === 'number' ? [[name, flags[name]]] : [])),
  );
}

/** The folder of the model that the flags name, fetched where it is one of the hub. */
export async function trainedFolder(args: {
  readonly modelDir: string;
  readonly modelNameOrPath?: string | undefined;
}): Promise<string> {
  const { modelDir, modelNameOrPath } = args;
  if (modelNameOrPath !== undefined) return modelFolder(modelNameOrPath);
  if (existsSync(modelDir)) return modelDir;
  throw new QaError(
    `Expected a trained model in ${modelDir}, but there is no such folder; train one with \`qa-native train\`, or name another by --model-dir.`,
    'ERR_NO_MODEL',
  );
}
