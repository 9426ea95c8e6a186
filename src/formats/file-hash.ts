import { createHash, type Hash } from 'node:crypto';
import { createReadStream } from 'node:fs';
import { stat } from 'node:fs/promises';
import { pipeline } from 'node:stream/promises';

/** The SHA-256 of a file's bytes, in hexadecimal. */
export function fileHash(path: string): Promise<string> {
  return digest(path, createHash('sha256'));
}

/** The SHA-1 by which git names a file's content: that of the word "blob", the size and the bytes. */
export async function gitBlobHash(path: string): Promise<string> {
  return digest(path, createHash('sha1').update(`blob ${(await stat(path)).size}\0`));
}

async function digest(path: string, hash: Hash): Promise<string> {
  await pipeline(createReadStream(path), hash);
  return hash.digest('hex');
}
