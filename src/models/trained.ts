import { readTokenizer } from '../data/tokenizer-files.js';
import type { BertTokenizer } from '../data/tokenizer.js';
import { QaError } from '../errors.js';
import { checkVocabulary } from './check-sizes.js';
import { loadModel, type LoadedModel } from './folder.js';

/**
 * Loads a model that was trained to answer, with its tokenizer: a folder that `qa-native train` wrote, or any in Hugging
 * Face's layout that holds a BERT with a span head. Throws where a part is missing or does not fit the others.
 */
export async function loadTrainedModel(dir: string): Promise<LoadedModel & { tokenizer: BertTokenizer }> {
  const loaded = await loadModel(dir);
  const { missing, unexpected } = loaded.report;
  if (missing.length > 0) {
    throw new QaError(
      `Expected a trained span head in ${dir}, but its weights lack ${missing.join(', ')}; ` +
        'give a model that was trained to answer questions.',
      'ERR_STATE_MISSING',
    );
  }
  // Heads for other tasks, the pooler and buffers of ids may be left over. A layer may not: without it answers would be
  // another model's.
  const unused = unexpected.filter((name) => /^bert\.(?:encoder|embeddings)\.(?!.*_ids$)/.test(name));
  if (unused.length > 0) {
    throw new QaError(
      `Expected a config.json that uses all layers and embeddings of the weights in ${dir}, but it leaves out ` +
        `${unused.length} of their tensors (${unused[0]} for one); give the config.json that they were trained with.`,
      'ERR_CONFIG',
    );
  }
  const tokenizer = await readTokenizer(dir);
  checkVocabulary(tokenizer, loaded.config, dir);
  return { ...loaded, tokenizer };
}
