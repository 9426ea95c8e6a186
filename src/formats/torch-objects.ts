import type { PickleGlobal, PickleWorld } from './pickle-machine.js';
import { elementTypes, type ElementType } from './stored-tensor.js';
import { Unreadable } from './unreadable.js';

/** A flat array of a file, which tensors are views of. */
export interface TorchStorage {
  readonly key: string;
  readonly type: ElementType;
  /** Elements, not bytes. */
  readonly numel: number;
}

/** A tensor as PyTorch pickles it: a view of a storage. */
export class TorchView {
  constructor(
    readonly storage: TorchStorage,
    readonly offset: number,
    readonly shape: readonly number[],
    readonly strides: readonly number[],
  ) {}

  get numel(): number {
    return this.shape.includes(0) ? 0 : this.shape.reduce((product, size) => product * size, 1);
  }
}

/** PyTorch's storage classes by the names in pickles. */
const storageTypes: Readonly<Record<string, ElementType>> = {
  DoubleStorage: elementTypes.F64,
  FloatStorage: elementTypes.F32,
  HalfStorage: elementTypes.F16,
  BFloat16Storage: elementTypes.BF16,
  LongStorage: elementTypes.I64,
  IntStorage: elementTypes.I32,
  ShortStorage: elementTypes.I16,
  CharStorage: elementTypes.I8,
  ByteStorage: elementTypes.U8,
  BoolStorage: elementTypes.BOOL,
};

/** All functions that a file of weights may call. */
const functions: Readonly<Record<string, (args: readonly unknown[]) => unknown>> = {
  'collections.OrderedDict': () => new Map(),
  'torch._utils._rebuild_tensor': rebuildTensor,
  'torch._utils._rebuild_tensor_v2': rebuildTensor,
  // A parameter is its tensor and flags for training.
  'torch._utils._rebuild_parameter': ([data]) => data,
};

/** What pickles of weights may reach: tensors, their storages and dictionaries. Anything else is refused by name. */
export class TorchWorld implements PickleWorld {
  /** The storages that the pickle named, by key. */
  readonly storages = new Map<string, TorchStorage>();

  findGlobal(module: string, name: string): PickleGlobal {
    const path = `${module}.${name}`;
    if (Object.hasOwn(functions, path)) return { name: path, call: functions[path] };
    // Tensors of a GPU were pickled as of another module.
    const isStorage = ['torch', 'torch.cuda'].includes(module) && Object.hasOwn(storageTypes, name);
    if (isStorage) return { name };
    throw new Unreadable(
      `its pickle asks for ${path.replace(/[^\w.]/g, '?').slice(0, 100)}, which weights do not need`,
      'nothing was run: get the weights as model.safetensors, or save model.state_dict() alone',
    );
  }

  /** An id is `('storage', class, key, device, elements)`, and in the older format a view of a storage, or None. */
  persistentLoad(id: unknown): TorchStorage {
    if (Array.isArray(id)) {
      const [tag, storageClass, key, , numel, view = null] = id as unknown[];
      const type = storageTypes[(storageClass as Partial<PickleGlobal> | null)?.name ?? ''];
      if (
        tag === 'storage' &&
        type !== undefined &&
        typeof key === 'string' &&
        isCount(numel) &&
        view === null
      ) {
        return this.#storage({ key, type, numel });
      }
    }
    throw new Unreadable('its pickle describes a storage in an unknown way');
  }

  /** One object a key. */
  #storage(described: TorchStorage): TorchStorage {
    const { key, type, numel } = described;
    const storage = this.storages.get(key) ?? described;
    if (storage.type !== type || storage.numel !== numel) {
      throw new Unreadable(`its pickle describes the storage ${key} in two ways`);
    }
    this.storages.set(key, storage);
    return storage;
  }
}

/** `_rebuild_tensor(storage, offset, shape, strides)`; the second version adds what concerns training. */
function rebuildTensor([storage, offset, shape, strides]: readonly unknown[]): TorchView {
  if (!isStorage(storage) || !isCount(offset) || !isCounts(shape) || !isCounts(strides)) {
    throw new Unreadable('its pickle describes a tensor in an unknown way');
  }
  const view = new TorchView(storage, offset, shape, strides);
  const last = shape.reduce((sum, size, dim) => sum + (size - 1) * (strides[dim] ?? NaN), offset);
  const isWithin = view.numel === 0 || last < storage.numel;
  // A view that repeats elements could make gigabytes of a few bytes; PyTorch's models have none.
  if (shape.length !== strides.length || shape.length > 64 || !isWithin || view.numel > storage.numel) {
    throw new Unreadable(
      `a tensor of shape [${shape.slice(0, 8).join(', ')}] does not fit its storage of ${storage.numel} elements`,
    );
  }
  return view;
}

function isStorage(value: unknown): value is TorchStorage {
  return typeof value === 'object' && value !== null && 'numel' in value && 'type' in value;
}

function isCount(value: unknown): value is number {
  return Number.isSafeInteger(value) && (value as number) >= 0;
}

function isCounts(value: unknown): value is number[] {
  return Array.isArray(value) && value.every(isCount);
}
