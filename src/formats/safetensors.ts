import { readFile } from 'node:fs/promises';
import { QaError } from '../errors.js';
import { writeFileAtomic } from './atomic-file.js';
import { elementTypes, isElementType, type StoredTensor } from './stored-tensor.js';

interface HeaderEntry {
  readonly dtype: string;
  readonly shape: readonly number[];
  readonly data_offsets: readonly [number, number];
}

/** Reads a safetensors file (https://github.com/huggingface/safetensors). Throws `ERR_SAFETENSORS` when it is damaged. */
export async function readSafetensors(path: string): Promise<Map<string, StoredTensor>> {
  const file = await readFile(path);
  const fail = (what: string) =>
    new QaError(
      `Expected a whole safetensors file at ${path}, but ${what}; fetch or write it again.`,
      'ERR_SAFETENSORS',
    );
  if (file.length < 8) throw fail(`it has ${file.length} bytes`);
  const headerLength = Number(file.readBigUInt64LE(0));
  if (8 + headerLength > file.length) throw fail('its header is longer than the file');
  const header = parseHeader(file.subarray(8, 8 + headerLength).toString('utf8'), fail);

  const tensors = new Map<string, StoredTensor>();
  for (const [name, entry] of Object.entries(header)) {
    if (name === '__metadata__') continue;
    const { dtype, shape, data_offsets: offsets } = checkEntry(name, entry, fail);
    if (!isElementType(dtype))
      throw fail(`"${name}" has the dtype ${dtype}, not one of ${Object.keys(elementTypes).join(', ')}`);
    const type = elementTypes[dtype];
    const [begin, end] = [8 + headerLength + offsets[0], 8 + headerLength + offsets[1]];
    const expected = shape.reduce((product, size) => product * size, type.bytes);
    if (begin > end || end > file.length || end - begin !== expected) {
      throw fail(`"${name}" of shape [${shape.join(', ')}] does not fit its place`);
    }
    // A copy of its own is aligned for the typed array, and lets the file's buffer go.
    const raw = file.buffer.slice(file.byteOffset + begin, file.byteOffset + end);
    tensors.set(name, { shape, data: type.decode(raw) });
  }
  return tensors;
}

/** Writes float32 tensors in the order given, whole or not at all. */
export async function writeSafetensors(
  path: string,
  tensors: ReadonlyMap<string, { readonly shape: readonly number[]; readonly data: Float32Array }>,
): Promise<void> {
  const header: Record<string, unknown> = { __metadata__: { format: 'pt' } };
  let offset = 0;
  for (const [name, { shape, data }] of tensors) {
    header[name] = { dtype: 'F32', shape, data_offsets: [offset, offset + data.byteLength] };
    offset += data.byteLength;
  }
  const json = JSON.stringify(header);
  // The format wants the data aligned to 8 bytes and lets the header end in spaces.
  const padded = Buffer.from(json.padEnd(Math.ceil(Buffer.byteLength(json) / 8) * 8));
  const length = Buffer.alloc(8);
  length.writeBigUInt64LE(BigInt(padded.length));
  const data = [...tensors.values()].map(({ data: array }) =>
    Buffer.from(array.buffer, array.byteOffset, array.byteLength),
  );
  await writeFileAtomic(path, [length, padded, ...data]);
}

function parseHeader(text: string, fail: (what: string) => QaError): Record<string, unknown> {
  let header: unknown;
  try {
    header = JSON.parse(text);
  } catch {
    throw fail('its header is not JSON');
  }
  if (typeof header !== 'object' || header === null) throw fail('its header is not a JSON object');
  return header as Record<string, unknown>;
}

function checkEntry(name: string, entry: unknown, fail: (what: string) => QaError): HeaderEntry {
  const isSizes = (value: unknown): value is number[] =>
    Array.isArray(value) && value.every((size) => Number.isInteger(size) && (size as number) >= 0);
  const candidate = entry as Partial<HeaderEntry> | null;
  if (
    typeof candidate?.dtype === 'string' &&
    isSizes(candidate.shape) &&
    isSizes(candidate.data_offsets) &&
    candidate.data_offsets.length === 2
  ) {
    return candidate as HeaderEntry;
  }
  throw fail(`the header's entry "${name}" lacks a dtype, a shape or its offsets`);
}
