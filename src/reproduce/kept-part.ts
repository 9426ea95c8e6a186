import { join } from 'node:path';
import { isDeepStrictEqual } from 'node:util';
import { QaError } from '../errors.js';
import { writeJsonAtomic } from '../formats/atomic-file.js';
import { readKeptJson } from './kept-file.js';
import type { Part } from './part.js';

/** Whatever decides what comes of a part. */
export type Asked = Readonly<Record<string, unknown>>;

/**
 * The part that `folder` keeps from before, or a new one, which is then kept in its part.json. What a killed run left
 * there has no part.json and is made again.
 * @throws QaError `ERR_REPRODUCE` where the folder's part was asked for in another way, or its file is damaged
 */
export async function keepPart(
  folder: string,
  asked: Asked,
  make: () => Promise<Part>,
): Promise<{ part: Part; kept: boolean }> {
  const path = join(folder, 'part.json');
  const before = (await readKeptJson(path)) as { asked: Asked; part: Part } | undefined;
  if (before === undefined) {
    const part = await make();
    await writeJsonAtomic(path, { asked, part });
    return { part, kept: false };
  }
  // As the file has it: what is undefined is not there.
  const now = JSON.parse(JSON.stringify(asked)) as Asked;
  if (isDeepStrictEqual(before.asked, now)) return { part: before.part, kept: true };
  const names = Object.keys({ ...before.asked, ...now });
  const other = names.filter((name) => !isDeepStrictEqual(before.asked[name], now[name]));
  throw new QaError(
    `Expected ${folder} to hold nothing or the run asked for, but what is there had another ${other.join(', ')}; ` +
      'give another --output-dir, or remove it.',
    'ERR_REPRODUCE',
  );
}
