import { statSync, type Stats } from 'node:fs';
import { messageOf, QaError } from '../errors.js';
import { parseHubName } from './hub-name.js';
import type { ModelPart } from './model-parts.js';

/**
 * The folder of a model: the one named, or that of the hub's cache for a name of the hub's, with `@` and a revision or
 * without. A folder that is there goes before the hub, as in `from_pretrained`.
 * @throws QaError `ERR_NO_MODEL` for what is neither, `ERR_HUB` where the hub's cannot be had
 */
export async function modelFolder(nameOrPath: string, part: ModelPart = 'model'): Promise<string> {
  const there = lookAt(nameOrPath);
  if (there?.isDirectory()) return nameOrPath;
  const named = there === undefined ? parseHubName(nameOrPath) : undefined;
  if (named !== undefined) {
    // What asks the hub takes a while to load, and most models are folders.
    const { hubModel } = await import('./hub-model.js');
    return hubModel(named, part);
  }
  throw new QaError(
    `Expected the folder of a model or a model's name on the hub, got ${nameOrPath}, ` +
      `which is ${there === undefined ? 'neither' : 'a file'}; check the path, or give a name like organisation/model.`,
    'ERR_NO_MODEL',
  );
}

function lookAt(path: string): Stats | undefined {
  try {
    return statSync(path, { throwIfNoEntry: false });
  } catch (error) {
    throw new QaError(
      `Expected the folder of a model or a model's name on the hub, got what cannot be looked at (${messageOf(error)}); check the path.`,
      'ERR_NO_MODEL',
      { cause: error },
    );
  }
}
