import { download } from '../hub/download.js';
import { QaError, messageOf } from '../errors.js';
import { NotHere } from './not-here.js';
import type { Say } from './say.js';

/** Downloads `url` into `file`, with a progress bar. Throws NotHere with the reason where it cannot be had whole. */
export async function downloadFile(url: string, file: string, say: Say): Promise<void> {
  try {
    await download(url, file, { say });
  } catch (error) {
    throw new NotHere(messageOf(error instanceof QaError ? error.cause : error));
  }
}
