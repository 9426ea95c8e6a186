import { createHash } from 'node:crypto';
import { readFile, readdir } from 'node:fs/promises';
import { endianness } from 'node:os';
import type { Example } from './examples.js';
import type { FeatureOptions } from './features.js';
import type { BertTokenizer } from './tokenizer.js';

/**
 * A SHA-256 of all that decides what features are: the questions, the tokenizer, the options, and the code that makes
 * them, so that what another version made is never taken for this one's.
 */
export async function featureKey(
  examples: readonly Example[],
  { vocabulary, options }: BertTokenizer,
  { maxSeqLength, docStride }: FeatureOptions,
): Promise<string> {
  return createHash('sha256')
    .update(hashQuestions(examples))
    .update(JSON.stringify([vocabulary, options, maxSeqLength, docStride]))
    .update(await hashCode())
    .update(`Unicode ${process.versions.unicode}, ${endianness()}`)
    .digest('hex');
}

/** Of all that `prepareFeatures` looks at: of the answers, at the first. */
function hashQuestions(examples: readonly Example[]): Buffer {
  const hash = createHash('sha256');
  const add = (texts: readonly string[]) => {
    // With their lengths, so that no other texts give the same; in UTF-16, which knows one half of a surrogate pair from
    // another. All texts of a paragraph at once: one by one they take twice as long.
    hash.update(`${texts.map(({ length }) => length).join()}\n${texts.join('')}`, 'utf16le');
  };
  let texts: string[] = [];
  for (const { question, context, answers } of examples) {
    if (context !== texts[0]) {
      add(texts);
      texts = [context];
    }
    const [first] = answers;
    texts.push(question, first === undefined ? '' : `${first.start} ${first.text}`);
  }
  add(texts);
  return hash.digest();
}

/** Of the modules beside this one, and of the one that splits words. */
async function hashCode(): Promise<Buffer> {
  const folder = new URL('.', import.meta.url);
  const names = (await readdir(folder)).filter((name) => name.endsWith('.js')).sort();
  const files = [
    ...names.map((name) => new URL(name, folder)),
    new URL(import.meta.resolve('@huggingface/tokenizers')),
  ];
  const hash = createHash('sha256');
  for (const file of files) hash.update(await readFile(file));
  return hash.digest();
}
