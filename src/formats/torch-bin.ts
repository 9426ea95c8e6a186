import { readFile } from 'node:fs/promises';
import { QaError, excerptOf, messageOf } from '../errors.js';
import { ByteReader } from './byte-reader.js';
import { readPickle } from './pickle.js';
import type { StoredTensor } from './stored-tensor.js';
import { StoredZip } from './stored-zip.js';
import { TorchView, TorchWorld, type TorchStorage } from './torch-objects.js';
import { TorchTensors } from './torch-tensors.js';
import { Unreadable } from './unreadable.js';

/** What a file holds: the object that was saved, and the bytes of its tensors' storages. */
interface Saved {
  readonly root: unknown;
  readonly bytesOf: (storage: TorchStorage) => Buffer;
}

/** Begins the older format: `MAGIC_NUMBER` and `PROTOCOL_VERSION` of torch/serialization.py. */
const magicNumber = 0x1950a86a20f9469cfc6cn;
const protocolVersion = 1001;

/** How pickles begin: PROTO, in protocol 1 the number itself; GLOBAL and MARK would call something. */
const pickleBegins = [0x80, 0x4c, 0x63, 0x28];

/**
 * Reads the weights that `torch.save(model.state_dict(), path)` wrote, in the zip format or the older stream of pickles
 * (torch before 1.6, `_use_new_zipfile_serialization=False`). Builds tensors and dictionaries and nothing else: what
 * a pickle asks for beyond that is refused by name, and nothing is run.
 * @throws QaError `ERR_TORCH_BIN` where the file is damaged, or holds anything else than named tensors
 */
export async function readTorchBin(path: string): Promise<Map<string, StoredTensor>> {
  try {
    const file = await readFile(path);
    const { root, bytesOf } = StoredZip.isZip(file) ? readZip(new StoredZip(file)) : readStream(file);
    const tensors = new TorchTensors(bytesOf);
    return new Map(namedViews(root).map(([name, view]) => [name, tensors.of(view)]));
  } catch (error) {
    const remedy = error instanceof Unreadable ? error.remedy : 'check the file';
    throw new QaError(
      `Expected the weights that torch.save wrote in ${path}, but ${messageOf(error)}; ${remedy}.`,
      'ERR_TORCH_BIN',
      { cause: error },
    );
  }
}

/** The zip format: a pickle `<folder>/data.pkl` and a file `<folder>/data/<key>` a storage. */
function readZip(zip: StoredZip): Saved {
  const name = zip.names().find((each) => each.endsWith('/data.pkl')) ?? 'data.pkl';
  const folder = name.slice(0, -'data.pkl'.length);
  const pickle = zip.read(name);
  if (pickle === undefined) throw new Unreadable('it is a zip archive without data.pkl');
  if (zip.read(`${folder}byteorder`)?.toString() === 'big') throw bigEndian();
  const root = readPickle(new ByteReader(pickle), new TorchWorld());
  return {
    root,
    bytesOf: (storage) => {
      const bytes = zip.read(`${folder}data/${storage.key}`);
      if (bytes?.length !== storage.numel * storage.type.bytes) throw lacking(storage);
      return bytes;
    },
  };
}

/**
 * The older format: pickles of the magic number, of the version, of the machine, of the object, of the storages' keys;
 * then the storages in that order, each its number of elements and its bytes.
 */
function readStream(file: Buffer): Saved {
  const reader = new ByteReader(file);
  const world = new TorchWorld();
  const next = () => readPickle(reader, world);
  const isStream = pickleBegins.includes(file[0] ?? 0) && next() === magicNumber;
  if (!isStream) throw new Unreadable('it does not begin as such a file does');
  if (next() !== protocolVersion) throw new Unreadable(`it is not of the version ${protocolVersion}`);
  const machine = next();
  if (!(machine instanceof Map) || machine.get('little_endian') !== true) throw bigEndian();
  const root = next();
  const keys = next();
  if (!Array.isArray(keys)) throw new Unreadable('its list of storages is damaged');
  const storages = new Map<string, Buffer>();
  for (const key of keys as unknown[]) {
    const storage = typeof key === 'string' ? world.storages.get(key) : undefined;
    if (storage === undefined) throw new Unreadable('it has a storage that no tensor uses');
    if (reader.uint64() !== storage.numel) throw lacking(storage);
    storages.set(storage.key, reader.take(storage.numel * storage.type.bytes));
  }
  return {
    root,
    bytesOf: (storage) => {
      const bytes = storages.get(storage.key);
      if (bytes === undefined) throw lacking(storage);
      return bytes;
    },
  };
}

/** The tensors of a saved dictionary, by name. */
function namedViews(root: unknown): [string, TorchView][] {
  const instead = 'save model.state_dict() alone';
  if (!(root instanceof Map)) throw new Unreadable('it holds no dictionary of tensors', instead);
  return [...(root as Map<unknown, unknown>)].map(([name, value]): [string, TorchView] => {
    if (typeof name === 'string' && value instanceof TorchView) return [name, value];
    // What is no string is not printed: a few bytes of a pickle can be endless as a text.
    const entry = typeof name === 'string' ? JSON.stringify(excerptOf(name)) : 'without a name';
    throw new Unreadable(`its entry ${entry} is no tensor`, instead);
  });
}

function lacking({ key, numel }: TorchStorage): Unreadable {
  return new Unreadable(`it lacks the ${numel} elements of the storage ${key}`);
}

function bigEndian(): Unreadable {
  return new Unreadable('it is not of a little-endian machine', 'save it again on one');
}
