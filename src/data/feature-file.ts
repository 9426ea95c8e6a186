import { createHash } from 'node:crypto';
import type { Feature } from './examples.js';

// A file of features: a line of JSON (the header), three Int32Arrays in this machine's byte order (a row of `rowSize`
// numbers a window, the token ids of all windows, the offsets of all contexts), the SHA-256 of everything before it.

interface Header {
  readonly windows: number;
  readonly inputIds: number;
  readonly offsets: number;
}

const rowSize = 6;
const digestSize = 32;

/** Arrays joined to a part: one by one they would be a hundred thousand writes, all at once twice the memory. */
const arraysOfPart = 1000;

/**
 * The bytes of a file, part by part.
 * @param key names what the features were made of, in characters that JSON leaves as they are
 */
export function* encodeFeatures(features: readonly Feature[], key: string): Generator<Uint8Array> {
  const hash = createHash('sha256');
  for (const part of bodyOf(features, key)) {
    hash.update(part);
    yield part;
  }
  yield hash.digest();
}

/**
 * The features of a file, as views of its bytes: of those that `readFile` gives, which begin where an Int32Array may.
 *
 * @returns undefined where the file is cut, damaged, or of another key
 */
export function decodeFeatures(bytes: Buffer, key: string): Feature[] | undefined {
  const body = bytes.subarray(0, -digestSize);
  if (!createHash('sha256').update(body).digest().equals(bytes.subarray(-digestSize))) return undefined;
  const headerEnd = body.indexOf('\n') + 1;
  const header = body.toString('utf8', 0, headerEnd);
  if (!header.startsWith(headerStart(key))) return undefined;

  const { windows, inputIds, offsets } = JSON.parse(header) as Header;
  let at = bytes.byteOffset + headerEnd;
  const take = (length: number) => {
    const taken = new Int32Array(bytes.buffer, at, length);
    at += taken.byteLength;
    return taken;
  };
  return windowsOf(take(windows * rowSize), take(inputIds), take(offsets));
}

function headerStart(key: string): string {
  return `{"format":"qa-native features","key":"${key}",`;
}

function* bodyOf(features: readonly Feature[], key: string): Generator<Uint8Array> {
  const rows = new Int32Array(features.length * rowSize);
  // Windows of one context are views of one buffer, which is written once: most of the offsets are in several windows.
  const contexts = new Map<ArrayBufferLike, number>();
  let [inputIds, offsets] = [0, 0];
  features.forEach((feature, index) => {
    const { buffer, byteOffset } = feature.offsets;
    const start = contexts.get(buffer) ?? offsets;
    if (start === offsets) {
      contexts.set(buffer, offsets);
      offsets += buffer.byteLength / Int32Array.BYTES_PER_ELEMENT;
    }
    inputIds += feature.inputIds.length;
    rows.set(
      [
        feature.exampleIndex,
        feature.inputIds.length,
        feature.contextStart,
        start + byteOffset / Int32Array.BYTES_PER_ELEMENT,
        feature.startPosition,
        feature.endPosition,
      ],
      index * rowSize,
    );
  });
  yield Buffer.from(headerOf(key, { windows: features.length, inputIds, offsets }));
  yield bytesOf(rows);
  yield* joined(features.map((feature) => feature.inputIds));
  yield* joined([...contexts.keys()].map((buffer) => new Int32Array(buffer)));
}

/** Padded with blanks, so that the arrays begin where they may. */
function headerOf(key: string, header: Header): string {
  const line = `${headerStart(key)}${JSON.stringify(header).slice(1)}`;
  const size = Math.ceil((line.length + 1) / Int32Array.BYTES_PER_ELEMENT) * Int32Array.BYTES_PER_ELEMENT;
  return `${line.padEnd(size - 1)}\n`;
}

function* joined(arrays: readonly Int32Array[]): Generator<Uint8Array> {
  for (let first = 0; first < arrays.length; first += arraysOfPart) {
    const part = arrays.slice(first, first + arraysOfPart);
    const whole = new Int32Array(part.reduce((sum, { length }) => sum + length, 0));
    let at = 0;
    for (const array of part) {
      whole.set(array, at);
      at += array.length;
    }
    yield bytesOf(whole);
  }
}

function bytesOf({ buffer, byteOffset, byteLength }: Int32Array): Uint8Array {
  return new Uint8Array(buffer, byteOffset, byteLength);
}

function windowsOf(rows: Int32Array, inputIds: Int32Array, offsets: Int32Array): Feature[] {
  const features: Feature[] = [];
  let first = 0;
  for (let row = 0; row < rows.length; row += rowSize) {
    const [length, contextStart, firstOffset] = [rows[row + 1], rows[row + 2], rows[row + 3]];
    // All that is left between the question and the last [SEP].
    const contextLength = length - contextStart - 1;
    features.push({
      exampleIndex: rows[row],
      inputIds: inputIds.subarray(first, first + length),
      contextStart,
      offsets: offsets.subarray(firstOffset, firstOffset + 2 * contextLength),
      startPosition: rows[row + 4],
      endPosition: rows[row + 5],
    });
    first += length;
  }
  return features;
}
