import { readFile } from 'node:fs/promises';
import { isDeepStrictEqual } from 'node:util';
import { hasCode, messageOf, QaError } from '../errors.js';
import { writeJsonAtomic } from '../formats/atomic-file.js';

/**
 * The JSON that an earlier run left at `path`; undefined where there is no such file.
 * @throws QaError `ERR_REPRODUCE` where there is one that cannot be read: to make it again may take hours
 */
async function readKeptJson(path: string): Promise<unknown> {
  try {
    return JSON.parse(await readFile(path, 'utf8'));
  } catch (error) {
    if (hasCode(error, 'ENOENT')) return undefined;
    throw unreadable(path, messageOf(error), error);
  }
}

function unreadable(path: string, why: string, cause?: unknown): QaError {
  return new QaError(
    `Expected ${path} to hold what an earlier run kept, but it could not be read (${why}); remove it to have it made again.`,
    'ERR_REPRODUCE',
    { cause },
  );
}

/** Whatever decides what comes of something that is kept. */
export type Asked = Readonly<Record<string, unknown>>;

/**
 * What an earlier run left at `path`, else what `make` makes, which is then kept there.
 * @throws QaError `ERR_REPRODUCE` where what is there was asked for in another way, or its file is damaged
 */
export async function keepJson<T>(
  path: string,
  asked: Asked,
  make: () => Promise<T>,
): Promise<{ made: T; kept: boolean }> {
  const before = (await readKeptJson(path)) as { asked?: Asked; made?: T } | undefined;
  if (before !== undefined) {
    if (before.asked === undefined || before.made === undefined) {
      throw unreadable(path, 'it says not what was made, or of what');
    }
    expectAsked(path, before.asked, asked);
    return { made: before.made, kept: true };
  }
  const made = await make();
  await writeJsonAtomic(path, { asked, made });
  return { made, kept: false };
}

function expectAsked(path: string, before: Asked, asked: Asked): void {
  // As the file has it: what is undefined is not there.
  const now = JSON.parse(JSON.stringify(asked)) as Asked;
  const names = Object.keys({ ...before, ...now });
  const other = names.filter((name) => !isDeepStrictEqual(before[name], now[name]));
  if (other.length === 0) return;
  throw new QaError(
    `Expected ${path} to hold nothing or what is asked for, but what is there had another ${other.join(', ')}; ` +
      'give another --output-dir, or remove it.',
    'ERR_REPRODUCE',
  );
}
