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

/** The tokenizer that the flags name, the vocabulary before the model; undefined where they name none. */
export function openTokenizer(
  args: TokenizerArgs & { readonly modelNameOrPath: string },
): Promise<BertTokenizer>;
export function openTokenizer(args: TokenizerArgs): Promise<BertTokenizer | undefined>;
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
