import { join } from 'node:path';
import { keepJson, type Asked } from './kept-file.js';
import type { Part } from './part.js';

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
  const { made, kept } = await keepJson(join(folder, 'part.json'), asked, make);
  return { part: made, kept };
}
