import { join } from 'node:path';
import { writeFileAtomic } from '../src/formats/atomic-file.js';
import { packageRoot } from '../src/setup/paths.js';
import { makeSet } from './sample/generator.js';
import { makeVocabulary } from './sample/vocabulary.js';

/** The sample's files by name. The same at every run: a test holds the committed ones against them. */
export function sampleFiles(): Record<string, string> {
  return {
    'train.json': serialise(makeSet('train', 20201123, 120)),
    'validation.json': serialise(makeSet('validation', 31415926, 20)),
    'vocab.txt': `${makeVocabulary().join('\n')}\n`,
  };
}

/** A paragraph a line: small, and a change can be read. */
function serialise({ version, data }: { version: string; data: object[] }): string {
  const articles = (data as { title: string; paragraphs: object[] }[]).map(
    ({ title, paragraphs }) =>
      `{"title":${JSON.stringify(title)},"paragraphs":[\n${paragraphs.map((item) => JSON.stringify(item)).join(',\n')}\n]}`,
  );
  return `{"version":${JSON.stringify(version)},"data":[\n${articles.join(',\n')}\n]}\n`;
}

// `node dist/scripts/make-sample.js` writes the files anew.
if (process.argv[1]?.endsWith('make-sample.js')) {
  for (const [name, text] of Object.entries(sampleFiles())) {
    await writeFileAtomic(join(packageRoot, 'src', 'data', 'sample', name), text);
  }
}
