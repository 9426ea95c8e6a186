import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { QaError, messageOf } from '../errors.js';

export const recordFile = 'run.json';

/** run.json: what it takes to do a run once more, and to see what differs where it comes out otherwise. */
export interface RunRecord {
  readonly versions: Readonly<Record<'qa-native' | 'libtorch' | 'node', string>>;
  readonly platform: string;
  readonly cpu_capability: string;
  /** Every flag, whether given or not, by its name in camelCase; device and threads as they came to be. */
  readonly flags: Readonly<Record<string, unknown>>;
  /** SHA-256 of the files, the vocabulary and the weights at the beginning, by what they are. */
  readonly sha256: Readonly<Record<string, string>>;
}

/** Needs no addon, so that what only reads runs does without. */
export async function readRunRecord(dir: string): Promise<RunRecord> {
  const path = join(dir, recordFile);
  try {
    const record = JSON.parse(await readFile(path, 'utf8')) as Partial<RunRecord> | null;
    if (typeof record?.flags?.['model'] === 'string' && record.sha256 && record.versions) {
      return record as RunRecord;
    }
    throw new Error('it lacks flags, sha256 or versions');
  } catch (error) {
    throw new QaError(
      `Expected the record of a run in ${path}, but it could not be read (${messageOf(error)}); give the --output-dir of a run, or ` +
        'move the file away where another program wrote it.',
      'ERR_NO_RUN',
      { cause: error },
    );
  }
}
