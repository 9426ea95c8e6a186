import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { hasCode, QaError, messageOf } from '../errors.js';

/** How examples are cut into windows. */
export interface Preparation {
  readonly maxSeqLength: number;
  readonly docStride: number;
}

/** preparation.json of a folder that `qa-native train` wrote; folders from elsewhere have none. */
export async function readPreparation(dir: string): Promise<Partial<Preparation>> {
  const path = join(dir, 'preparation.json');
  try {
    const { maxSeqLength, docStride } = JSON.parse(await readFile(path, 'utf8')) as Record<string, unknown>;
    if (Number.isInteger(maxSeqLength) && Number.isInteger(docStride)) {
      return { maxSeqLength: maxSeqLength as number, docStride: docStride as number };
    }
    throw new Error('it lacks maxSeqLength or docStride');
  } catch (error) {
    if (hasCode(error, 'ENOENT')) return {};
    throw new QaError(
      `Expected the windows of training in ${path}, but they could not be read (${messageOf(error)}); ` +
        'remove the file and give `maxSeqLength` and `docStride`.',
      'ERR_PREPARATION',
      { cause: error },
    );
  }
}
