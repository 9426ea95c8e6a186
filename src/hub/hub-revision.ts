import type { HubFile } from './hub-file.js';

/** What a model's repository holds, of a branch or tag now. */
export interface HubRevision {
  readonly commit: string;
  /** What its files are asked for by: the commit, or the name that was asked for. */
  readonly revision: string;
  /** A file by its path; undefined where there is none. */
  readonly find: (path: string) => Promise<HubFile | undefined>;
}

/** Whether this is a commit's whole name. */
export function isCommit(name: string): boolean {
  return /^[0-9a-f]{40}$/.test(name);
}

/** A commit's name, which becomes a folder's. Throws where it is none. */
export function checkCommit(name: unknown): string {
  if (typeof name === 'string' && isCommit(name)) return name;
  throw new Error(`it names the commit ${JSON.stringify(name)}`);
}
