/** A named array of a checkpoint; numbers are float32 or int64 whatever the file stored. */
export interface StoredTensor {
  readonly shape: readonly number[];
  /** In row-major order. */
  readonly data: Float32Array | BigInt64Array;
  /** Whether it is a float32 matrix that the file has column by column: so Python's parameter lies in memory, too. */
  readonly byColumns?: boolean;
}

/** How many bytes an element takes, and how little-endian elements are read. */
export interface ElementType {
  readonly bytes: number;
  readonly decode: (raw: ArrayBuffer) => StoredTensor['data'];
}

/** The element types that checkpoints have, by safetensors' names. */
export const elementTypes = {
  F64: { bytes: 8, decode: (raw) => Float32Array.from(new Float64Array(raw)) },
  F32: { bytes: 4, decode: (raw) => new Float32Array(raw) },
  F16: { bytes: 2, decode: (raw) => Float32Array.from(new Uint16Array(raw), float16ToNumber) },
  BF16: {
    bytes: 2,
    decode: (raw) => new Float32Array(Uint32Array.from(new Uint16Array(raw), (bits) => bits << 16).buffer),
  },
  I64: { bytes: 8, decode: (raw) => new BigInt64Array(raw) },
  I32: { bytes: 4, decode: (raw) => BigInt64Array.from(new Int32Array(raw), BigInt) },
  I16: { bytes: 2, decode: (raw) => BigInt64Array.from(new Int16Array(raw), BigInt) },
  I8: { bytes: 1, decode: (raw) => BigInt64Array.from(new Int8Array(raw), BigInt) },
  U8: { bytes: 1, decode: (raw) => BigInt64Array.from(new Uint8Array(raw), BigInt) },
  BOOL: { bytes: 1, decode: (raw) => BigInt64Array.from(new Uint8Array(raw), BigInt) },
} as const satisfies Record<string, ElementType>;

export function isElementType(name: string): name is keyof typeof elementTypes {
  return Object.hasOwn(elementTypes, name);
}

/** IEEE 754 half precision: 1 sign bit, 5 exponent bits, 10 fraction bits. */
function float16ToNumber(bits: number): number {
  const sign = bits & 0x8000 ? -1 : 1;
  const exponent = (bits >> 10) & 0x1f;
  const fraction = bits & 0x3ff;
  if (exponent === 0x1f) return fraction ? NaN : sign * Infinity;
  if (exponent === 0) return sign * fraction * 2 ** -24;
  return sign * (1 + fraction / 1024) * 2 ** (exponent - 15);
}
