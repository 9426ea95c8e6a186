import { readFile } from 'node:fs/promises';
import { extname } from 'node:path';
import { gunzipSync } from 'node:zlib';
import { QaError, messageOf } from '../errors.js';
import type { ExampleFile, ExampleOptions } from './example-collector.js';
import { parseRows } from './flat-rows.js';
import { parseSquad } from './squad.js';
import { csvRows, jsonLinesRows, jsonRows } from './tables.js';

/**
 * Reads a file of questions: SQuAD's nested JSON (v1.1 or v2.0), or a table with the columns `id`, `context`, `question`
 * and `answers` as JSON (a list, or the list under `data`), JSON Lines, CSV or Parquet. The extension tells CSV, JSON
 * Lines and Parquet; what is in any other file tells the rest. All but Parquet may be gzipped.
 *
 * @throws QaError `ERR_SQUAD_FORMAT`, naming the file and the place
 */
export async function readExamples(path: string, options: ExampleOptions = {}): Promise<ExampleFile> {
  const bytes = await readable(path, () => readFile(path));
  const isGzip = bytes[0] === 0x1f && bytes[1] === 0x8b;
  const extension = extname(isGzip ? path.replace(/\.gz$/i, '') : path).toLowerCase();
  if (extension === '.parquet') {
    const { parquetRows } = await import('./parquet.js');
    return parseRows(await readable(path, () => parquetRows(bytes)), path, options);
  }
  // Strict, as Python: replaced bytes would go unnoticed. A byte order mark is dropped.
  const text = await readable(path, () =>
    new TextDecoder('utf-8', { fatal: true }).decode(isGzip ? gunzipSync(bytes) : bytes),
  );
  if (extension === '.csv') return parseRows(csvRows(text, path), path, options);
  if (extension === '.jsonl' || extension === '.ndjson' || isJsonLines(text)) {
    return parseRows(jsonLinesRows(text, path), path, options);
  }
  const json = await readable(path, () => JSON.parse(text) as unknown);
  const table = tableOf(json);
  return table === undefined ? parseSquad(json, path, options) : parseRows(table, path, options);
}

/** Whether the first line that is not empty is a question by itself, whatever follows. */
function isJsonLines(text: string): boolean {
  const start = text.search(/\S/);
  const end = text.indexOf('\n', start);
  const line = (end < 0 ? text.slice(start) : text.slice(start, end)).trimEnd();
  // A file of SQuAD is one long line, and need not be parsed twice.
  if (!line.startsWith('{') || !line.endsWith('}')) return false;
  if (/^\{\s*"data"\s*:\s*\[|^\{\s*"version"\s*:[^,]*,\s*"data"\s*:\s*\[/.test(line)) return false;
  try {
    return isFlat(JSON.parse(line));
  } catch {
    return false;
  }
}

/** The rows of a JSON table; undefined where it is none, but SQuAD or something that its reader will refuse. */
function tableOf(json: unknown) {
  if (Array.isArray(json)) return isFlat(json[0]) ? jsonRows(json, 'row') : undefined;
  const data = (json as { readonly data?: unknown } | null)?.data;
  return Array.isArray(data) && isFlat(data[0]) ? jsonRows(data, 'data') : undefined;
}

function isFlat(row: unknown): boolean {
  return typeof row === 'object' && row !== null && 'context' in row;
}

/** Runs one step of reading; what fails there becomes a sentence with the path. */
async function readable<T>(path: string, step: () => T | Promise<T>): Promise<T> {
  try {
    return await step();
  } catch (error) {
    const reason = messageOf(error).replace(/\s+/g, ' ');
    throw new QaError(
      `Expected a file of questions at ${path}, but it could not be read (${reason}); check the path, or fetch it again if it was cut.`,
      'ERR_SQUAD_FORMAT',
      { cause: error },
    );
  }
}
