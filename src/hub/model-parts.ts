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
  /** Sees to it that a file is in the folder, whole. False where there is no such file. */
  bring(path: string): Promise<boolean>;
}

/** What else a tokenizer may have, all of which is heeded: what is not BERT's is refused. */
const besideTheTokens = [
  'vocab.txt',
  'tokenizer_config.json',
  'special_tokens_map.json',
  'added_tokens.json',
];

/**
 * Brings the files that are wanted and no other, the small ones first: a model that cannot be trained here is refused
 * before its weights come.
 */
export async function bringModel(source: ModelSource, part: ModelPart): Promise<void> {
  if (part === 'model') {
    await bringFirst(source, ['config.json']);
    await readModelConfig(source.folder);
  }
  // Of the two the first is read, but Python may want the other.
  await bringFirst(source, ['tokenizer.json', 'vocab.txt']);
  for (const name of besideTheTokens) await source.bring(name);
  if (part === 'tokenizer') return;

  const weights = await bringFirst(source, weightFiles);
  const shards = weights.endsWith('.index.json') ? await shardNames(join(source.folder, weights)) : [];
  for (const shard of shards) await bringFirst(source, [shard]);
}

/** Brings the first of some files that there is, and gives its name. */
async function bringFirst(source: ModelSource, names: readonly string[]): Promise<string> {
  for (const name of names) if (await source.bring(name)) return name;
  throw new QaError(
    `Expected ${names.join(' or ')} in ${source.name}, but it is not there; give a model that has it.`,
    'ERR_MODEL_FILE',
  );
}
