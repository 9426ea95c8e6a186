import { execFile } from 'node:child_process';
import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import test from 'ava';
import { writeTinyModel } from './reader/tiny-model.js';

const root = fileURLToPath(new URL('../../', import.meta.url));

const readme = readFileSync(join(root, 'README.md'), 'utf8');
const examples = [...readme.matchAll(/```ts\n([^`]*)```/g)].map(([, example]) => example);

for (const example of examples) {
  const [, first] = /import \{ (\w+)/.exec(example) ?? [];
  test(`the README's example of ${first} runs and prints what it says`, async (t) => {
    const expected = [...example.matchAll(/\); \/\/ (.*)$/gm)].map(([, comment]) => comment);
    t.true(expected.length > 0);

    // Within the package, so that `from 'qa-native'` means this very build.
    const folder = mkdtempSync(join(root, 'dist', 'readme-'));
    try {
      await writeTinyModel(join(folder, 'runs', 'bert-mini'));
      const file = join(folder, 'example.mjs');
      writeFileSync(file, example);
      const { stdout } = await promisify(execFile)(process.execPath, [file], { cwd: folder });
      t.deepEqual(stdout.trim().split('\n'), expected);
    } finally {
      rmSync(folder, { recursive: true });
    }
  });
}

/** What a link calls a page's sections, as GitHub does. */
function sectionsOf(page: string): string[] {
  return [...page.matchAll(/^#+ (.*)$/gm)].map(([, text]) =>
    text
      .toLowerCase()
      .replace(/[^\w ]/g, '')
      .replaceAll(' ', '-'),
  );
}

test('files and sections that the README links to are there', (t) => {
  const links = [...readme.matchAll(/\]\(([^)]+)\)/g)].map(([, link]) => link);
  t.true(links.length > 0);
  for (const link of links) {
    const [file, section] = link.split('#');
    const path = join(root, file || 'README.md');
    t.true(existsSync(path), link);
    if (section !== undefined) t.true(sectionsOf(readFileSync(path, 'utf8')).includes(section), link);
  }
});
