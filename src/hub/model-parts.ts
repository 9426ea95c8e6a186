import { join } from 'node:path';
import { QaError } from '../errors.js';
import { shardNames, weightFiles } from '../formats/weights.js';
import { readModelConfig } from '../models/folder.js';

/** What is wanted of a model: all of it, or only what a text is tokenized with. */
export type ModelPart = 'model' | 'tokenizer';

/** Where the files of a model come from. */
export interface ModelSource {
  /** Names it in errors: `the model "x/y"`. */
  readonly name: string;
  /** The folder that they come to. */
  readonly folder: string;
  has(path: string): boolean;
  /** Sees to it that a file is in the folder, whole. */
  bring(path: string): Promise<void>;
}

const vocabularies = ['tokenizer.json', 'vocab.txt'] as const;

/**
 * Brings the files that are wanted and no other, the small ones first: a model that cannot be trained here is refused
 * before its weights come.
 */
export async function bringModel(source: ModelSource, part: ModelPart): Promise<void> {
  const expectOneOf = (names: readonly string[]): string => {
    const found = names.find((name) => source.has(name));
    if (found !== undefined) return found;
    throw new QaError(
      `Expected ${names.join(' or ')} in ${source.name}, but it is not there; give a model that has it.`,
      'ERR_MODEL_FILE',
    );
  };
  if (part === 'model') {
    await source.bring(expectOneOf(['config.json']));
    await readModelConfig(source.folder);
  }
  expectOneOf(vocabularies);
  for (const name of [...vocabularies, 'tokenizer_config.json']) {
    if (source.has(name)) await source.bring(name);
  }
  if (part === 'tokenizer') return;

  const weights = expectOneOf(weightFiles);
  await source.bring(weights);
  const shards = weights.endsWith('.index.json') ? await shardNames(join(source.folder, weights)) : [];
  for (const shard of shards) await source.bring(expectOneOf([shard]));
}
