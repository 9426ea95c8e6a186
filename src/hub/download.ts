import { randomBytes } from 'node:crypto';
import { open, readdir, rename, rm, stat } from 'node:fs/promises';
import { basename, dirname, extname, join } from 'node:path';
import { messageOf, QaError } from '../errors.js';
import { makeFolder } from '../formats/make-folder.js';
import { Transfer, type TransferOptions } from './transfer.js';

interface DownloadOptions extends TransferOptions {
  /** Looks at what came, before it gets the file's name; throws where it is not what it should be. */
  readonly check?: (path: string) => Promise<void>;
}

/**
 * Downloads a URL to a file, whole or not at all: what was cut, is shorter than the server said or does not pass the
 * check, never bears the file's name. A connection that breaks or stalls is taken up where it ended, as long as that
 * gets on.
 * @throws QaError `ERR_DOWNLOAD` with the reason
 */
export async function download(url: string, path: string, options: DownloadOptions = {}): Promise<void> {
  // With the file's own extension, which says how to read it.
  const temporary = `${path}.${randomBytes(6).toString('hex')}.part${extname(path)}`;
  try {
    await makeFolder(dirname(path));
    await removeAbandoned(path);
    const sink = await open(temporary, 'ax');
    try {
      await new Transfer(url, sink, options).run();
      await sink.sync();
    } finally {
      await sink.close();
    }
    await options.check?.(temporary);
    await rename(temporary, path);
  } catch (error) {
    throw new QaError(
      `Expected to download ${url}, but that failed (${messageOf(error)}); try again, or fetch the file by other means.`,
      'ERR_DOWNLOAD',
      { cause: error },
    );
  } finally {
    await rm(temporary, { force: true });
  }
}

/** Longer than any that is alive goes without a further byte. */
const abandonedAfter = 3_600_000;

/** Removes what downloads of a file left that were killed. */
async function removeAbandoned(path: string): Promise<void> {
  const isPart = (name: string) =>
    name.startsWith(basename(path)) && /^\.[0-9a-f]{12}\.part/.test(name.slice(basename(path).length));
  for (const name of (await readdir(dirname(path))).filter(isPart)) {
    const part = join(dirname(path), name);
    const touched = (await stat(part).catch(() => undefined))?.mtimeMs ?? Infinity;
    if (Date.now() - touched > abandonedAfter) await rm(part, { force: true });
  }
}
