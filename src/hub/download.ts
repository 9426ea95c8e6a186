import { randomBytes } from 'node:crypto';
import { open, rename, rm } from 'node:fs/promises';
import { dirname } from 'node:path';
import { messageOf, QaError } from '../errors.js';
import { makeFolder } from '../formats/make-folder.js';
import { Transfer, type TransferOptions } from './transfer.js';

/**
 * Downloads a URL to a file, whole or not at all: what was cut, or is shorter than the server said, never bears the
 * file's name. A connection that breaks or stalls is taken up where it ended, as long as that gets on.
 * @throws QaError `ERR_DOWNLOAD` with the reason
 */
export async function download(url: string, path: string, options: TransferOptions = {}): Promise<void> {
  const temporary = `${path}.${randomBytes(6).toString('hex')}.part`;
  try {
    await makeFolder(dirname(path));
    const sink = await open(temporary, 'ax');
    try {
      await new Transfer(url, sink, options).run();
      await sink.sync();
    } finally {
      await sink.close();
    }
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
