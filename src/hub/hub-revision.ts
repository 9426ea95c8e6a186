import type { HubFile } from './hub-file.js';

/** What a model's repository holds now. */
export interface HubRevision {
  readonly commit: string;
  /** What its files are asked for by: the commit, or a branch. */
  readonly branch: string;
  /** A file by its path; undefined where there is none. */
  readonly find: (path: string) => Promise<HubFile | undefined>;
}

/** A commit's name, which becomes a folder's. Throws where it is none. */
export function checkCommit(name: unknown): string {
  if (typeof name === 'string' && /^[0-9a-f]{40}$/.test(name)) return name;
  throw new Error(`it names the commit ${JSON.stringify(name)}`);
}
