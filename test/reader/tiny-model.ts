import { copyFileSync } from 'node:fs';
import { join } from 'node:path';
import { sample } from '../../src/data/sample.js';
import { readVocab } from '../../src/data/tokenizer-files.js';
import { writeJsonAtomic } from '../../src/formats/atomic-file.js';
import { saveModel } from '../../src/models/folder.js';
import { modelKind, type ModelName } from '../../src/models/index.js';
import { manualSeed } from '../../src/random.js';

/** Settings of small models, in the form of config.json; wide initial weights make their scores differ by a lot. */
const small: Record<ModelName, Record<string, unknown>> = {
  'bert-mini': {
    hidden_size: 16,
    num_hidden_layers: 1,
    num_attention_heads: 2,
    intermediate_size: 32,
    max_position_embeddings: 128,
    initializer_range: 0.5,
  },
  lstm: { dim: 16 },
  transformer: { dim: 16, num_heads: 2 },
};

export const tinyPreparation = { maxSeqLength: 64, docStride: 16 };

/** Writes a model with random weights, and the sample's vocabulary, as `qa-native train` leaves one. */
export async function writeTinyModel(dir: string, name: ModelName = 'bert-mini'): Promise<string> {
  const { vocabulary } = await readVocab(sample.vocabFile);
  const kind = modelKind(name);
  const config = kind.parseConfig({ ...small[name], vocab_size: vocabulary.length }, 'test');
  manualSeed(7);
  const model = kind.create(config);
  await saveModel(dir, kind, config, model);
  model.dispose();
  copyFileSync(sample.vocabFile, join(dir, 'vocab.txt'));
  await writeJsonAtomic(join(dir, 'preparation.json'), tinyPreparation);
  return dir;
}
