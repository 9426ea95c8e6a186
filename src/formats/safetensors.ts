import { readFile } from 'node:fs/promises';
import { QaError, messageOf } from '../errors.js';
import { writeFileAtomic } from './atomic-file.js';
import { elementTypes, isElementType, type StoredTensor } from './stored-tensor.js';

type Fail = (what: string) => QaError;

interface HeaderEntry {
  readonly dtype: string;
  readonly shape: readonly number[];
  readonly data_offsets: readonly [number, number];
}

/** Reads a safetensors file (https://github.com/huggingface/safetensors). Throws `ERR_SAFETENSORS` when it is damaged. */
export async function readSafetensors(path: string): Promise<Map<string, StoredTensor>> {
  const fail: Fail = (what) =>
    new QaError(
      `Expected a whole safetensors file at ${path}, but ${what}; fetch or write it again.`,
      'ERR_SAFETENSORS',
    );
  const file = await readFile(path).catch((error: unknown) => {
    throw fail(`it cannot be read (${messageOf(error)})`);
  });
  if (file.length < 8) throw fail(`it has ${file.length} bytes`);
  const dataStart = 8 + Number(file.readBigUInt64LE(0));
  if (dataStart > file.length) throw fail('its header is longer than the file');
  const entries = parseHeader(file.subarray(8, dataStart), fail);
  checkPlaces(entries, file.length - dataStart, fail);

  const tensors = new Map<string, StoredTensor>();
  for (const [name, { dtype, shape, data_offsets: offsets }] of entries) {
    if (!isElementType(dtype))
      throw fail(`"${name}" has the dtype ${dtype}, not one of ${Object.keys(elementTypes).join(', ')}`);
    const type = elementTypes[dtype];
    const [begin, end] = offsets.map((offset) => file.byteOffset + dataStart + offset) as [number, number];
    if (end - begin !== shape.reduce((product, size) => product * size, type.bytes)) {
      throw fail(`"${name}" of shape [${shape.join(', ')}] does not fit its place`);
    }
    // A copy of its own is aligned for the typed array, and lets the file's buffer go.
    tensors.set(name, { shape, data: type.decode(file.buffer.slice(begin, end)) });
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

function parseHeader(bytes: Uint8Array, fail: Fail): [name: string, entry: HeaderEntry][] {
  let header: unknown;
  try {
    header = JSON.parse(new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(bytes));
  } catch {
    throw fail('its header is not JSON');
  }
  if (typeof header !== 'object' || header === null) throw fail('its header is not a JSON object');
  return Object.entries(header)
    .filter(([name]) => name !== '__metadata__')
    .map(([name, entry]) => [name, checkEntry(name, entry, fail)]);
}

/** Throws unless the tensors fill the data from its beginning to its end: where one was lost there is a gap. */
function checkPlaces(
  entries: readonly (readonly [name: string, entry: HeaderEntry])[],
  length: number,
  fail: Fail,
): void {
  const places = entries.map(
    ([
      name,
      {
        data_offsets: [begin, end],
      },
    ]) => ({ name, begin, end }),
  );
  let filled = 0;
  for (const { name, begin, end } of places.sort((a, b) => a.begin - b.begin || a.end - b.end)) {
    if (begin !== filled) throw fail(`"${name}" begins at byte ${begin} of the data instead of ${filled}`);
    filled = end;
  }
  if (filled !== length) throw fail(`its tensors take ${filled} bytes, and ${length} are there`);
}

function checkEntry(name: string, entry: unknown, fail: Fail): HeaderEntry {
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
