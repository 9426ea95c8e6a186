import type { Options } from 'yargs';
import type { BertTokenizer } from '../data/tokenizer.js';

/** Options of the commands that tokenize without a model. */
export const tokenizerOptions = {
  'vocab-file': { type: 'string', alias: 'vocab', describe: "a BERT's vocab.txt", requiresArg: true },
  'model-name-or-path': {
    type: 'string',
    alias: 'checkpoint',
    describe: 'a model of the hub or a folder whose tokenizer is taken instead',
    requiresArg: true,
  },
} as const satisfies Record<string, Options>;

export interface TokenizerArgs {
  readonly vocabFile: string | undefined;
  readonly modelNameOrPath: string | undefined;
}

/** The tokenizer that the flags name; undefined where they name none. */
export async function openTokenizer({
  vocabFile,
  modelNameOrPath,
}: TokenizerArgs): Promise<BertTokenizer | undefined> {
  const { readTokenizer, readVocab } = await import('../data/tokenizer-files.js');
  if (vocabFile !== undefined) return readVocab(vocabFile);
  if (modelNameOrPath === undefined) return undefined;
  const { modelFolder } = await import('../hub/model-folder.js');
  return readTokenizer(await modelFolder(modelNameOrPath, 'tokenizer'));
}
