import { readTokenizer } from '../data/tokenizer-files.js';
import type { BertTokenizer } from '../data/tokenizer.js';
import { checkVocabulary } from '../models/check-vocabulary.js';
import { loadModel } from '../models/folder.js';
import type { ReaderModel } from '../models/reader-model.js';
import { readPreparation } from '../reader/preparation.js';
import { resolveDevice, setNumThreads, useExactArithmetic } from '../runtime.js';
import { availableThreads } from '../setup/threads.js';
import type { Kernels } from '../nn/kernels.js';
import type { Device } from '../tensor.js';
import type { KernelArgs } from './kernel-options.js';
import { resolveKernels } from './resolve-kernels.js';
import { resolveSettings, type Settings } from './options.js';

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
    readonly device: string;
    readonly threads: number | undefined;
  },
): Promise<TrainedModel> {
  const device = resolveDevice(args.device);
  setNumThreads(args.threads ?? availableThreads());
  useExactArithmetic();
  const kernels = resolveKernels(args, device);
  const tokenizer = await readTokenizer(args.modelDir);
  const { model, config } = await loadModel(args.modelDir);
  checkVocabulary(tokenizer, config, args.modelDir);
  const settings = resolveSettings(await readPreparation(args.modelDir), { ...args });
  model.to(device).eval();
  return { model, tokenizer, settings, device, kernels };
}
