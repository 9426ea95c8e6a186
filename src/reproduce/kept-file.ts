import { readFile } from 'node:fs/promises';
import { messageOf, QaError } from '../errors.js';
import { writeJsonAtomic } from '../formats/atomic-file.js';

/**
 * The JSON that an earlier run left at `path`; undefined where there is no such file.
 * @throws QaError `ERR_REPRODUCE` where there is one that cannot be read: to make it again may take hours
 */
export async function readKeptJson(path: string): Promise<unknown> {
  try {
    return JSON.parse(await readFile(path, 'utf8'));
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return undefined;
    throw new QaError(
      `Expected ${path} to hold what an earlier run kept, but it could not be read (${messageOf(error)}); ` +
        'remove it to have it made again.',
      'ERR_REPRODUCE',
      { cause: error },
    );
  }
}

/** What an earlier run left at `path`, else what `make` makes, which is then kept there. */
export async function keepJson<T>(path: string, make: () => Promise<T>): Promise<T> {
  const kept = await readKeptJson(path);
  if (kept !== undefined) return kept as T;
  const made = await make();
  await writeJsonAtomic(path, made);
  return made;
}
