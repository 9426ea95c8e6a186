import { randomBytes } from 'node:crypto';
import { existsSync } from 'node:fs';
import { readdir, rename, rm, stat } from 'node:fs/promises';
import { basename, dirname, join } from 'node:path';
import { makeFolder } from '../formats/make-folder.js';
import { NotHere } from './not-here.js';
import { pythonWith } from './python.js';
import { run } from './run.js';

/** What is taken of a LibTorch: the headers, the libraries and the file that states the version. */
export const libtorchMembers = '(?:lib)?torch/((?:include|lib)/.*[^/]|version.py|build-version)';

/** Writes the members of a zip whose names match a pattern; its group is the path within the target folder. */
const script = `
import os, re, shutil, sys, zipfile
archive, target, pattern = sys.argv[1:]
with zipfile.ZipFile(archive) as z:
    for name in z.namelist():
        match = re.fullmatch(pattern, name)
        if match and ".." not in name.split("/"):
            path = os.path.join(target, match[1])
            os.makedirs(os.path.dirname(path), exist_ok=True)
            with z.open(name) as source, open(path, "wb") as sink:
                shutil.copyfileobj(source, sink, 1 << 20)
`;

/** Unpacks members of a zip (a wheel or an archive) with Python, which came with pip: Node has no reader of zips. */
export async function unpack(archive: string, target: string, pattern: string): Promise<void> {
  const python = await pythonWith('zipfile');
  const { code, output } = await run(python, ['-c', script, archive, target, pattern]);
  if (code !== 0) throw new NotHere(`${basename(archive)} could not be unpacked (${lastLine(output)})`);
}

/**
 * Makes the folder `target` whole or not at all, also with two processes at once. `fill` gets the folder to fill and
 * one for what is needed on the way; `check` throws NotHere where a folder is not whole, and then it is replaced.
 */
export async function fillFolder(
  target: string,
  check: (folder: string) => unknown,
  fill: (content: string, scratch: string) => Promise<void>,
): Promise<string> {
  const scratch = `${target}.${randomBytes(4).toString('hex')}.tmp`;
  const content = join(scratch, 'content');
  try {
    await makeFolder(content);
    try {
      await removeAbandoned(target);
      await fill(content, scratch);
      check(content);
      await put(content, target, check);
    } finally {
      await rm(scratch, { recursive: true, force: true });
    }
    return target;
  } catch (error) {
    // The file system's no: a full disk, no permission.
    if (!(error instanceof Error && 'syscall' in error)) throw error;
    throw new NotHere(`${target} could not be written (${error.message})`);
  }
}

async function put(content: string, target: string, check: (folder: string) => unknown): Promise<void> {
  try {
    await rename(content, target);
  } catch (error) {
    if (!existsSync(target)) throw error;
    // Another process was faster, or what lies there was broken before.
    if (passes(check, target)) return;
    await rm(target, { recursive: true, force: true });
    await rename(content, target);
  }
}

function passes(check: (folder: string) => unknown, folder: string): boolean {
  try {
    check(folder);
    return true;
  } catch (error) {
    if (error instanceof NotHere) return false;
    throw error;
  }
}

/** Removes what processes that were killed on the way left here over a day ago: it may be gigabytes. */
async function removeAbandoned(target: string): Promise<void> {
  const folder = dirname(target);
  for (const name of await readdir(folder)) {
    if (!name.startsWith(`${basename(target)}.`) || !name.endsWith('.tmp')) continue;
    const { mtimeMs } = await stat(join(folder, name));
    if (Date.now() - mtimeMs > 86_400_000) await rm(join(folder, name), { recursive: true, force: true });
  }
}

export function lastLine(output: string): string {
  return output.trim().split('\n').at(-1)?.trim() ?? '';
}
