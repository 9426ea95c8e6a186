import { randomBytes } from 'node:crypto';
import { open, readFile, readdir, rename, rm, stat } from 'node:fs/promises';
import { basename, dirname, join } from 'node:path';
import { QaError, messageOf } from '../errors.js';
import { writeJsonAtomic } from './atomic-file.js';
import { fileHash } from './file-hash.js';
import { makeFolder } from './make-folder.js';

/** Names every file of a folder with its size and hash; written last, so that it vouches for them. */
export const manifestName = 'manifest.json';

interface Manifest {
  readonly files: Readonly<Record<string, { readonly bytes: number; readonly sha256: string }>>;
}

/**
 * Makes a folder that is there whole or not at all: filled beside its place, with a manifest, synced, then renamed.
 * One that is there and whole stays as it is; a damaged one is replaced. `fill` gets the folder to write into.
 */
export async function writeWholeFolder(
  target: string,
  fill: (folder: string) => Promise<void>,
): Promise<void> {
  if ((await whyDamaged(target)) === undefined) return;
  const scratch = `${target}.${randomBytes(4).toString('hex')}.tmp`;
  try {
    await makeFolder(scratch);
    await fill(scratch);
    await writeJsonAtomic(join(scratch, manifestName), await describe(scratch));
    await syncFolder(scratch);
    await rm(target, { recursive: true, force: true });
    await rename(scratch, target);
    await syncFolder(dirname(target));
  } catch (error) {
    await rm(scratch, { recursive: true, force: true }).catch(() => undefined);
    if (error instanceof QaError) throw error;
    throw new QaError(
      `Expected to write the folder ${target}, but that failed (${messageOf(error)}); free some space or give a folder that you may write to.`,
      'ERR_WRITE',
      { cause: error },
    );
  }
}

/** Why a folder is not what was written: a clause about one of its files; undefined where it is whole. */
export async function whyDamaged(folder: string): Promise<string | undefined> {
  try {
    const manifest = JSON.parse(await readFile(join(folder, manifestName), 'utf8')) as Partial<Manifest>;
    if (typeof manifest.files !== 'object' || Object.keys(manifest.files).length === 0)
      return `${manifestName} names no files`;
    for (const [name, expected] of Object.entries(manifest.files)) {
      const got = await describeFile(join(folder, name));
      if (got.bytes !== expected.bytes) {
        return `${name} has ${got.bytes} bytes instead of ${expected.bytes}`;
      }
      if (got.sha256 !== expected.sha256) return `${name} was changed`;
    }
  } catch (error) {
    return messageOf(error);
  }
  return undefined;
}

/** Removes what processes that were killed on the way left beside `target`s in a folder. */
export async function removeScratch(parent: string, isTarget: (name: string) => boolean): Promise<void> {
  for (const name of await readdir(parent)) {
    const [, target] = /^(.+)\.[0-9a-f]{8}\.tmp$/.exec(name) ?? [];
    if (target !== undefined && isTarget(target)) {
      await rm(join(parent, name), { recursive: true, force: true });
    }
  }
}

async function describe(folder: string): Promise<Manifest> {
  const names = (await readdir(folder)).sort();
  const entries = await Promise.all(
    names.map(async (name) => [name, await describeFile(join(folder, name))] as const),
  );
  return { files: Object.fromEntries(entries) };
}

async function describeFile(path: string): Promise<{ bytes: number; sha256: string }> {
  try {
    return { bytes: (await stat(path)).size, sha256: await fileHash(path) };
  } catch (error) {
    throw new Error(`${basename(path)} cannot be read (${messageOf(error)})`, { cause: error });
  }
}

/** Makes the names in a folder outlive a loss of power. */
async function syncFolder(path: string): Promise<void> {
  const folder = await open(path);
  try {
    await folder.sync();
  } finally {
    await folder.close();
  }
}
