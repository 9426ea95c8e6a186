import { QaError } from './errors.js';
import { native, type DType, type TensorData } from './native.js';
import { Tensor, type Device, type Shape } from './tensor.js';

/** What a new tensor is made of, and where it lies. */
export interface TensorOptions {
  /** Element type; float32 unless the data is of integers. */
  readonly dtype?: DType;
  /** `cpu` (the default), `cuda` or `cuda:<index>`. */
  readonly device?: Device;
}

const dtypeOf: Record<string, DType> = {
  Float32Array: 'float32',
  Float64Array: 'float64',
  Int32Array: 'int64',
  BigInt64Array: 'int64',
  Uint8Array: 'uint8',
};

/**
 * A tensor of the given shape from row-major data. Numbers become float32; an Int32Array becomes int64, the dtype
 * that indices have in PyTorch. Throws when the data do not fill the shape.
 */
export function tensor(
  data: TensorData | readonly number[],
  shape?: Shape,
  options: TensorOptions = {},
): Tensor {
  const array = ArrayBuffer.isView(data) ? data : Float32Array.from(data, expectNumber);
  const sizes = shape ?? [array.length];
  const expected = sizes.reduce((product, size) => product * size, 1);
  if (expected !== array.length) {
    throw new QaError(
      `Expected ${expected} elements for a tensor of shape [${sizes.join(', ')}], got ${array.length}; give as many as the shape holds.`,
      'ERR_TENSOR_SHAPE',
    );
  }
  const dtype = options.dtype ?? dtypeOf[array.constructor.name] ?? 'float32';
  return new Tensor(native.fromArray(array, sizes, dtype, options.device ?? 'cpu'));
}

/** An array within the array, a text, nothing at all: Float32Array would make NaN of each. */
function expectNumber(item: unknown): number {
  if (typeof item === 'number') return item;
  throw new QaError(
    `Expected numbers as a tensor's data, got ${Array.isArray(item) ? 'an array' : typeof item} among them; ` +
      'give one flat array, row by row, and the shape beside it.',
    'ERR_TENSOR_DATA',
  );
}

/** A tensor of one repeated value. */
export function full(shape: Shape, value: number, options: TensorOptions = {}): Tensor {
  return new Tensor(native.full(shape, value, options.dtype ?? 'float32', options.device ?? 'cpu'));
}
/** A tensor of zeros. */
export function zeros(shape: Shape, options: TensorOptions = {}): Tensor {
  return full(shape, 0, options);
}
/** A tensor of ones. */
export function ones(shape: Shape, options: TensorOptions = {}): Tensor {
  return full(shape, 1, options);
}
/** A tensor of zeros that is like another: of its shape, dtype and device, its elements in the same order in memory. */
export function zerosLike(other: Tensor): Tensor {
  return new Tensor(native.zerosLike(other.handle));
}
/** A tensor whose elements are not set. */
export function empty(shape: Shape, options: TensorOptions = {}): Tensor {
  return new Tensor(native.empty(shape, options.dtype ?? 'float32', options.device ?? 'cpu'));
}
/** int64 numbers 0 … end - 1. */
export function arange(end: number, options: Pick<TensorOptions, 'device'> = {}): Tensor {
  return new Tensor(native.arange(end, options.device ?? 'cpu'));
}

/** Concatenates along an existing dimension. */
export function cat(tensors: readonly Tensor[], dim = 0): Tensor {
  return new Tensor(
    native.cat(
      tensors.map((item) => item.handle),
      dim,
    ),
  );
}
/** Concatenates along a new dimension. */
export function stack(tensors: readonly Tensor[], dim = 0): Tensor {
  return new Tensor(
    native.stack(
      tensors.map((item) => item.handle),
      dim,
    ),
  );
}
