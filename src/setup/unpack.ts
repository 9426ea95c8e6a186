import { randomBytes } from 'node:crypto';
import { existsSync } from 'node:fs';
import { mkdir, rename, rm } from 'node:fs/promises';
import { dirname } from 'node:path';
import { NotHere } from './not-here.js';
import { pythons } from './python.js';
import { run } from './run.js';

/** Takes the parts of a LibTorch out of a zip: the headers, the libraries and the file that states the version. */
const extractScript = `
import sys, zipfile
archive, prefix, target = sys.argv[1:]
with zipfile.ZipFile(archive) as z:
    for name in z.namelist():
        if name.startswith(tuple(prefix + part for part in ("include/", "lib/", "version.py", "build-version"))):
            z.extract(name, target)
`;

/** Unpacks the folder `prefix` of a zip (a wheel or an archive) to `target`, with Python, which pip brought along. */
export async function unpackLibtorch(archive: string, prefix: string, target: string): Promise<void> {
  for (const python of pythons()) {
    const { code, output } = await run(python, ['-c', extractScript, archive, prefix, target]);
    if (code === 0) return;
    if (code !== null) throw new NotHere(`${archive} could not be unpacked (${lastLine(output)})`);
  }
  throw new NotHere('no Python to unpack it with');
}

/**
 * Fills `target` through `fill`, which gets a temporary folder and returns the one within it to keep. Whole or not
 * at all, also with two processes at once: the first rename wins.
 */
export async function fillFolder(
  target: string,
  fill: (temporary: string) => Promise<string>,
): Promise<string> {
  const temporary = `${target}.${randomBytes(4).toString('hex')}.tmp`;
  try {
    await mkdir(temporary, { recursive: true });
    const made = await fill(temporary);
    await mkdir(dirname(target), { recursive: true });
    try {
      await rename(made, target);
    } catch (error) {
      if (!existsSync(target)) throw error;
    }
    return target;
  } finally {
    await rm(temporary, { recursive: true, force: true });
  }
}

export function lastLine(output: string): string {
  return output.trim().split('\n').at(-1)?.trim() ?? '';
}
