import { parquetReadObjects } from 'hyparquet';
import { compressors } from 'hyparquet-compressors';
import { flatColumns, type Row } from './flat-rows.js';

/** Rows of a Parquet file with flat columns, as the hub serves its data sets. */
export async function parquetRows(bytes: Uint8Array): Promise<Row[]> {
  const file = new Uint8Array(bytes).buffer;
  const rows = await parquetReadObjects({ file, compressors });
  return rows.map((row, index) => ({
    where: `row ${index + 1}`,
    values: Object.fromEntries([...flatColumns, 'title'].map((name) => [name, plain(row[name])])),
  }));
}

/** 64-bit integers as numbers: an offset into a text fits. */
function plain(value: unknown): unknown {
  if (typeof value === 'bigint') return Number(value);
  if (ArrayBuffer.isView(value) && !(value instanceof DataView)) {
    return Array.from(value as unknown as Iterable<unknown>, plain);
  }
  if (Array.isArray(value)) return value.map(plain);
  if (typeof value !== 'object' || value === null) return value;
  return Object.fromEntries(Object.entries(value).map(([name, item]) => [name, plain(item)]));
}
