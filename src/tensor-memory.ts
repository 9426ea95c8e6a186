import { QaError } from './errors.js';
import { native, type DType, type Handle, type TensorData } from './native.js';
import { noteCreated } from './scope.js';

/** Sizes of the dimensions, outermost first; `[]` is a scalar. */
export type Shape = readonly number[];

/** Where a tensor lives: `cpu`, `cuda`, which is the first GPU, or `cuda:<index>`. */
export type Device = string;

/** A device by the one name that it has here: PyTorch has two for the first GPU. */
export function nameOfDevice(name: string): Device {
  return name === 'cuda:0' ? 'cuda' : name;
}

/** LibTorch's memory of one tensor, from when it is made until it is freed: what it is, and what is in it. */
export abstract class TensorMemory {
  #handle: Handle | undefined;
  #shape: Shape | undefined;

  constructor(handle: Handle) {
    this.#handle = handle;
    noteCreated(this);
  }

  /** The addon's handle. Throws `ERR_TENSOR_DISPOSED` once the tensor was disposed. */
  get handle(): Handle {
    if (this.#handle !== undefined) return this.#handle;
    throw new QaError(
      `Expected a live tensor, but this one of shape [${this.#shape?.join(', ') ?? ''}] was disposed; ` +
        'return it from tidy() or mark it with keep() to use it longer.',
      'ERR_TENSOR_DISPOSED',
    );
  }

  get isDisposed(): boolean {
    return this.#handle === undefined;
  }

  /** Frees the memory at once instead of when the handle is collected. */
  dispose(): void {
    if (this.#handle === undefined) return;
    this.#shape ??= native.shape(this.#handle);
    native.dispose(this.#handle);
    this.#handle = undefined;
  }

  /** Tells JavaScript's collector of the memory: see `tidy`. */
  book(): void {
    native.book(this.handle);
  }

  /** Gives the handle away and leaves this tensor disposed. */
  take(): Handle {
    const handle = this.handle;
    this.#shape ??= native.shape(handle);
    this.#handle = undefined;
    return handle;
  }

  /** Replaces the handle by that of `other`, which is left disposed. */
  protected adopt(other: TensorMemory): void {
    native.dispose(this.handle);
    this.#handle = other.take();
  }

  // Properties -------------------------------------------------------------------------------------------------

  get shape(): Shape {
    return (this.#shape ??= native.shape(this.handle));
  }
  /** Whether the elements lie in memory row by row. */
  get isContiguous(): boolean {
    return native.isContiguous(this.handle);
  }
  /** Whether only some rows are there, as an embedding's gradient may have it; the others are zero. */
  get isSparse(): boolean {
    return native.isSparse(this.handle);
  }
  get dtype(): DType {
    return native.dtype(this.handle);
  }
  get device(): Device {
    return nameOfDevice(native.device(this.handle));
  }
  /** Number of elements. */
  get numel(): number {
    return this.shape.reduce((product, size) => product * size, 1);
  }
  /** Size of one dimension; negative counts from the last. */
  size(dim: number): number {
    const size = Number.isInteger(dim) ? this.shape.at(dim) : undefined;
    if (size === undefined) {
      throw new QaError(
        `Expected a dimension of a tensor of shape [${this.shape.join(', ')}], got ${dim}.`,
        'ERR_TENSOR_DIM',
      );
    }
    return size;
  }

  // To JavaScript ----------------------------------------------------------------------------------------------

  /** All elements, row major, copied. On a GPU this waits for the device. */
  toArray(): TensorData {
    return native.toArray(this.handle);
  }
  /** All elements of a float32 or bfloat16 tensor. */
  toFloat32Array(): Float32Array {
    const data = this.toArray();
    if (data instanceof Float32Array) return data;
    throw new QaError(
      `Expected a float32 tensor, got ${this.dtype}; convert it with to('float32').`,
      'ERR_TENSOR_DTYPE',
    );
  }
  /** The value of a tensor of one element. On a GPU this waits for the device. */
  item(): number {
    return native.item(this.handle);
  }
}
