import { randomBytes } from 'node:crypto';
import { existsSync } from 'node:fs';
import { copyFile, readFile, rename, rm, symlink } from 'node:fs/promises';
import { dirname, join, relative } from 'node:path';
import { getRepoFolderName } from '@huggingface/hub';
import { writeFileAtomic } from '../formats/atomic-file.js';
import { makeFolder } from '../formats/make-folder.js';
import type { HubFile } from './hub-file.js';
import type { HubName } from './hub-name.js';
import { isCommit } from './hub-revision.js';

/**
 * A model's place in the cache that Python's tools share: `blobs` by their hash, `snapshots` of links to them by commit,
 * and in `refs` which commit a branch or a tag is.
 */
export class CachedRepository {
  readonly #folder: string;
  readonly #locks: string;
  readonly #revision: string;

  constructor(cache: string, { name, revision }: Pick<HubName, 'name' | 'revision'>) {
    this.#revision = revision;
    const folder = getRepoFolderName({ type: 'model', name });
    this.#folder = join(cache, folder);
    this.#locks = join(cache, '.locks', folder);
  }

  blob(hash: string): string {
    return join(this.#folder, 'blobs', hash);
  }

  lock(hash: string): string {
    return join(this.#locks, `${hash}.qa-native.lock`);
  }

  snapshot(commit: string): string {
    return join(this.#folder, 'snapshots', commit);
  }

  /** The folder of the revision's newest snapshot; undefined where there is none. */
  async newest(): Promise<string | undefined> {
    const commit = await this.#newestCommit();
    if (commit === undefined) return undefined;
    const folder = this.snapshot(commit);
    return existsSync(folder) ? folder : undefined;
  }

  /** Makes a commit the revision's newest. */
  async setNewest(commit: string): Promise<void> {
    // A commit is what it is.
    if (isCommit(this.#revision)) return;
    if (existsSync(this.#ref) && (await readFile(this.#ref, 'utf8')) === commit) return;
    await writeFileAtomic(this.#ref, commit);
  }

  /** Puts a file whose blob is there into a snapshot: a link, or where the system knows none a copy. */
  async link(commit: string, { path, hash }: HubFile): Promise<void> {
    const place = join(this.snapshot(commit), path);
    const temporary = `${place}.${randomBytes(6).toString('hex')}.tmp`;
    await makeFolder(dirname(place));
    const blob = this.blob(hash);
    try {
      await symlink(relative(dirname(place), blob), temporary).catch(() => copyFile(blob, temporary));
      await rename(temporary, place);
    } finally {
      await rm(temporary, { force: true });
    }
  }

  async #newestCommit(): Promise<string | undefined> {
    if (isCommit(this.#revision)) return this.#revision;
    return existsSync(this.#ref) ? (await readFile(this.#ref, 'utf8')).trim() : undefined;
  }

  get #ref(): string {
    return join(this.#folder, 'refs', this.#revision);
  }
}
