import { elementTypes, type StoredTensor } from './stored-tensor.js';
import type { TorchStorage, TorchView } from './torch-objects.js';
import { Unreadable } from './unreadable.js';

/** A storage read this often by different views holds no model's weights. */
const mostViews = 4;

/** Makes arrays of views. Tensors that are tied (the same view of one storage) become one array. */
export class TorchTensors {
  readonly #made = new Map<string, StoredTensor>();
  readonly #elementsMade = new Map<TorchStorage, number>();

  constructor(
    /** The bytes of a storage. */
    private readonly bytesOf: (storage: TorchStorage) => Buffer,
  ) {}

  of(view: TorchView): StoredTensor {
    const { storage, offset, shape, strides } = view;
    const key = JSON.stringify([storage.key, offset, shape, strides]);
    let made = this.#made.get(key);
    if (made === undefined) {
      this.#book(view);
      const data = storage.type.decode(gather(view, this.bytesOf(storage)));
      made = isByColumns(view) ? { shape, data, byColumns: true } : { shape, data };
      this.#made.set(key, made);
    }
    return made;
  }

  /** Views that overlap again and again would fill the memory from a small file. */
  #book({ storage, numel }: TorchView): void {
    const elements = (this.#elementsMade.get(storage) ?? 0) + numel;
    if (elements > mostViews * storage.numel) {
      throw new Unreadable(`its tensors read the storage ${storage.key} more than ${mostViews} times over`);
    }
    this.#elementsMade.set(storage, elements);
  }
}

/** A view's elements in row-major order, in memory of their own, which is aligned for every typed array. */
function gather({ storage, offset, shape, strides, numel }: TorchView, bytes: Buffer): ArrayBuffer {
  const width = storage.type.bytes;
  const target = new Uint8Array(numel * width);
  if (isRowMajor(shape, strides)) {
    target.set(bytes.subarray(offset * width, (offset + numel) * width));
    return target.buffer;
  }
  const index = shape.map(() => 0);
  let from = offset * width;
  for (let to = 0; to < target.length; to += width) {
    for (let byte = 0; byte < width; byte += 1) target[to + byte] = bytes[from + byte] ?? 0;
    // The next index: the last dimension counts up, and where it is through, the one before.
    for (let dim = shape.length - 1; dim >= 0; dim -= 1) {
      const stride = width * (strides[dim] ?? 0);
      const next = (index[dim] ?? 0) + 1;
      if (next < (shape[dim] ?? 0)) {
        index[dim] = next;
        from += stride;
        break;
      }
      index[dim] = 0;
      from -= stride * (next - 1);
    }
  }
  return target.buffer;
}

/**
 * As matrices that were converted from TensorFlow's, which are the transposed ones, mostly are. Numbers of other types
 * Python copies, too.
 */
function isByColumns({ storage, shape, strides }: TorchView): boolean {
  const isTransposed = shape.length === 2 && strides[0] === 1 && strides[1] === shape[0];
  return storage.type === elementTypes.F32 && isTransposed && !isRowMajor(shape, strides);
}

function isRowMajor(shape: readonly number[], strides: readonly number[]): boolean {
  let expected = 1;
  for (let dim = shape.length - 1; dim >= 0; dim -= 1) {
    const size = shape[dim] ?? 0;
    if (size !== 1 && strides[dim] !== expected) return false;
    expected *= size;
  }
  return true;
}
