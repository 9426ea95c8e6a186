import { open, rename, rm, stat } from 'node:fs/promises';
import { dirname } from 'node:path';
import { withLock } from '../formats/lock.js';
import { makeFolder } from '../formats/make-folder.js';
import type { CachedRepository } from './cached-repository.js';
import { isWhole, type HubFile } from './hub-file.js';
import { Transfer, type TransferOptions } from './transfer.js';

/**
 * Brings a file's blob into the cache, unless it is there and whole. What a process leaves that was ended on the way is
 * taken up by the next; of two at once, one fetches and the other waits.
 */
export async function fetchBlob(
  repository: CachedRepository,
  url: string,
  file: HubFile,
  options: TransferOptions & { readonly say: (text: string) => void },
): Promise<void> {
  const blob = repository.blob(file.hash);
  await makeFolder(dirname(blob));
  const tellOfWaiting = () => {
    options.say(`Another process fetches ${file.path}; waiting for it …`);
  };
  await withLock(repository.lock(file.hash), tellOfWaiting, async () => {
    if (await isWhole(blob, file)) return;
    const part = `${blob}.qa-native.incomplete`;
    options.say(`Fetching ${file.path} …`);
    const isContinued = await transferInto(part, url, file, options);
    if (!(await isWhole(part, file))) {
      await rm(part);
      // What was there before may have been the fault.
      if (isContinued) await transferInto(part, url, file, options);
      if (!isContinued || !(await isWhole(part, file))) {
        await rm(part, { force: true });
        throw new Error(`${file.path} came with another hash than the hub lists`);
      }
    }
    await rename(part, blob);
  });
}

/** Fetches what a file lacks. Says whether there was some of it before. */
async function transferInto(
  part: string,
  url: string,
  { size }: HubFile,
  options: TransferOptions,
): Promise<boolean> {
  const before = (await stat(part).catch(() => undefined))?.size ?? 0;
  // More than all of it is none of it.
  const received = before > size ? 0 : before;
  if (received < before) await rm(part);
  const sink = await open(part, 'a');
  try {
    await new Transfer(url, sink, { ...options, size, received }).run();
    await sink.sync();
  } finally {
    await sink.close();
  }
  return received > 0;
}
