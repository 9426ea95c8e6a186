import { existsSync } from 'node:fs';
import { mkdir } from 'node:fs/promises';
import { dirname } from 'node:path';
import { hasCode } from '../errors.js';

/**
 * Makes a folder, and those above it that are missing.
 *
 * Not by `mkdir`'s own `recursive`: where a file system says ENOENT to a new folder in one that exists, as /proc does, it
 * tries again for ever.
 */
export async function makeFolder(path: string): Promise<void> {
  if (existsSync(path)) return;
  const parent = dirname(path);
  if (parent !== path) await makeFolder(parent);
  try {
    await mkdir(path);
  } catch (error) {
    // Another process may have been quicker.
    if (!hasCode(error, 'EEXIST')) throw error;
  }
}
