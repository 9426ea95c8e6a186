import { requireRoom } from '../data/features.js';
import type { BertTokenizer } from '../data/tokenizer.js';
import { UsageError } from '../errors.js';
import type { ReaderModel } from '../models/reader-model.js';
import { loadTrainedModel } from '../models/trained.js';
import { kernelsOf, type Kernels } from '../nn/kernels.js';
import { resolveDevice, setNumThreads, useExactArithmetic } from '../runtime.js';
import type { Device } from '../tensor.js';
import { readPreparation, type Preparation } from './preparation.js';
import type { ReaderOptions } from './types.js';

/** A model that answers: in evaluation mode, on its device. */
export interface OpenedReader extends Preparation {
  readonly model: ReaderModel;
  readonly tokenizer: BertTokenizer;
  readonly device: Device;
  readonly batchSize: number;
  readonly kernels: Kernels;
}

/** The notebook's window; that of a model with fewer positions is as long as these. */
const usualSeqLength = 384;

/**
 * Opens a folder that `qa-native train` wrote, or any in Hugging Face's layout that holds a BERT with a span head.
 * Throws where a part is missing or does not fit the others.
 */
export async function openReader(dir: string, options: ReaderOptions): Promise<OpenedReader> {
  const device = resolveDevice(options.device ?? 'auto');
  if (options.threads !== undefined) setNumThreads(options.threads);
  useExactArithmetic();
  const { model, config, tokenizer } = await loadTrainedModel(dir);
  const preparation = resolvePreparation(dir, options, await readPreparation(dir), config);
  model.to(device).eval();
  const { batchSize = 12 } = options;
  return { model, tokenizer, device, batchSize, kernels: kernelsOf(options), ...preparation };
}

/** Of the settings that the kinds of models have, those that matter here. */
interface Sizes {
  readonly max_position_embeddings?: number;
}

function resolvePreparation(
  dir: string,
  options: ReaderOptions,
  trained: Partial<Preparation>,
  { max_position_embeddings: positions = Infinity }: Sizes,
): Preparation {
  const maxSeqLength = options.maxSeqLength ?? trained.maxSeqLength ?? Math.min(usualSeqLength, positions);
  if (maxSeqLength > positions) {
    throw new UsageError(
      `Expected windows of at most ${positions} tokens, for so many positions has the model in ${dir}, got ${maxSeqLength}; ` +
        'give a smaller `maxSeqLength`.',
    );
  }
  // The notebook's share of its 384: a third.
  const docStride = options.docStride ?? trained.docStride ?? Math.floor(maxSeqLength / 3);
  requireRoom({ maxSeqLength, docStride });
  return { maxSeqLength, docStride };
}
