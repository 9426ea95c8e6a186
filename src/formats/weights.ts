import { access, readFile } from 'node:fs/promises';
import { basename, dirname, join } from 'node:path';
import { QaError, messageOf } from '../errors.js';
import { readSafetensors } from './safetensors.js';
import type { StoredTensor } from './stored-tensor.js';
import { readTorchBin } from './torch-bin.js';

type Weights = Map<string, StoredTensor>;

/** The files that may hold a checkpoint's weights; the first that is there does, as in `from_pretrained`. */
const readers: Readonly<Record<string, (path: string) => Promise<Weights>>> = {
  'model.safetensors': readSafetensors,
  'model.safetensors.index.json': (path) => readShards(path, readSafetensors),
  'pytorch_model.bin': readTorchBin,
  'pytorch_model.bin.index.json': (path) => readShards(path, readTorchBin),
};

/** Names of the files that may hold a checkpoint's weights, the preferred one first. */
export const weightFiles = Object.keys(readers);

/** Reads the weights of a folder in Hugging Face layout. Throws `ERR_NO_WEIGHTS` where it has none. */
export async function readWeights(dir: string): Promise<Weights> {
  for (const [name, read] of Object.entries(readers)) {
    const path = join(dir, name);
    if (await isThere(path)) return read(path);
  }
  throw new QaError(
    `Expected the weights in ${dir}, as model.safetensors or pytorch_model.bin, but neither is there; give a folder that holds them.`,
    'ERR_NO_WEIGHTS',
  );
}

/** The names of the files that an index of shards lists; `path` is the index's. */
export async function shardNames(path: string): Promise<string[]> {
  let names: unknown[];
  try {
    const index = JSON.parse(await readFile(path, 'utf8')) as { readonly weight_map: object };
    names = Object.values(index.weight_map);
  } catch (error) {
    throw badIndex(path, messageOf(error));
  }
  const isName = (name: unknown) => typeof name === 'string' && name === basename(name);
  const strange = names.find((name) => !isName(name));
  if (strange !== undefined) throw badIndex(path, `it names ${JSON.stringify(strange)}`);
  return [...new Set(names as string[])];
}

/** A checkpoint in several files, which an index lists. */
async function readShards(path: string, read: (path: string) => Promise<Weights>): Promise<Weights> {
  const weights: Weights = new Map();
  for (const name of await shardNames(path)) {
    for (const [key, tensor] of await read(join(dirname(path), name))) weights.set(key, tensor);
  }
  return weights;
}

function badIndex(path: string, reason: string): QaError {
  return new QaError(
    `Expected the names of the files of a checkpoint in ${path}, but they could not be read (${reason}); fetch the file again.`,
    'ERR_WEIGHTS_INDEX',
  );
}

async function isThere(path: string): Promise<boolean> {
  try {
    await access(path);
    return true;
  } catch {
    return false;
  }
}
