import { execFile } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import test from 'ava';

const root = fileURLToPath(new URL('../../', import.meta.url));

test("the README's library example runs and prints what it says", async (t) => {
  const readme = readFileSync(join(root, 'README.md'), 'utf8');
  const example = /```ts\n([^`]*)```/.exec(readme)?.[1] ?? '';
  const expected = [...example.matchAll(/\); \/\/ (.*)$/gm)].map(([, comment]) => comment);
  t.true(expected.length > 0);

  // Within the package, so that `from 'qa-native'` means this very build.
  const folder = mkdtempSync(join(root, 'dist', 'readme-'));
  try {
    const file = join(folder, 'example.mjs');
    writeFileSync(file, example);
    const { stdout } = await promisify(execFile)(process.execPath, [file]);
    t.deepEqual(stdout.trim().split('\n'), expected);
  } finally {
    rmSync(folder, { recursive: true });
  }
});
