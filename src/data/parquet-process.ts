import { parquetReadObjects } from 'hyparquet';
import { compressors } from 'hyparquet-compressors';
import { messageOf } from '../errors.js';
import { flatColumns } from './flat-rows.js';
import type { ParquetReply } from './parquet.js';

// The process in which src/data/parquet.ts has a file read: the file's bytes come as a message, its rows go as one.

process.once('message', (bytes: Uint8Array) => {
  const failed = (error: unknown): ParquetReply => ({ reason: messageOf(error) });
  void readRows(bytes)
    .catch(failed)
    .then((reply) => {
      process.send?.(reply, () => {
        process.disconnect();
      });
    });
});

async function readRows(bytes: Uint8Array): Promise<ParquetReply> {
  const file = new Uint8Array(bytes).buffer;
  const rows = await parquetReadObjects({
    file,
    compressors: forPagesOfAnySize,
    parsers: { stringFromBytes },
  });
  const names = [...flatColumns, 'title'];
  return { rows: rows.map((row) => Object.fromEntries(names.map((name) => [name, plain(row[name])]))) };
}

/** The library's, which fail over a page of nothing. */
const forPagesOfAnySize = Object.fromEntries(
  Object.entries(compressors).map(([codec, decompress]) => [
    codec,
    (input: Uint8Array, length: number) => (length === 0 ? new Uint8Array() : decompress(input, length)),
  ]),
);

const utf8 = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true });

/** Strict, as Python; what is no text stays bytes, as it may be in a column that nobody asks for. */
function stringFromBytes(bytes: Uint8Array | undefined): unknown {
  try {
    return bytes && utf8.decode(bytes);
  } catch {
    return bytes;
  }
}

/** 64-bit integers as numbers: an offset into a text fits. */
function plain(value: unknown): unknown {
  if (typeof value === 'bigint') return Number(value);
  if (value instanceof Uint8Array) throw new Error('a text is not in UTF-8');
  if (ArrayBuffer.isView(value) && !(value instanceof DataView)) {
    return Array.from(value as unknown as Iterable<unknown>, plain);
  }
  if (Array.isArray(value)) return value.map(plain);
  if (typeof value !== 'object' || value === null) return value;
  return Object.fromEntries(Object.entries(value).map(([name, item]) => [name, plain(item)]));
}
