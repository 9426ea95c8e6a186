import { parse } from 'csv-parse/sync';
import { QaError, messageOf } from '../errors.js';
import { flatColumns, type Row } from './flat-rows.js';

// How each kind of table becomes rows with a place.

/** Rows of a CSV file whose first line names the columns (RFC 4180). */
export function* csvRows(text: string, source: string): Generator<Row> {
  for (const { record, info } of parseCsv(text, source)) {
    yield { where: `row ${info.records} (line ${info.lines})`, values: record };
  }
}

interface CsvRecord {
  readonly record: Record<string, string>;
  /** The last line of the record, and how many there were with it. */
  readonly info: { readonly lines: number; readonly records: number };
}

function parseCsv(text: string, source: string): CsvRecord[] {
  const checkHeader = (header: string[]) => {
    const missing = flatColumns.filter((column) => !header.includes(column));
    if (missing.length === 0) return header;
    throw badTable(
      source,
      `the columns ${flatColumns.join(', ')} in its first line`,
      `no ${missing.join(', ')}`,
    );
  };
  try {
    return parse(text, {
      columns: checkHeader,
      info: true,
      // All of them: one file may have several.
      record_delimiter: ['\r\n', '\n', '\r'],
      skip_empty_lines: true,
    }) as unknown as CsvRecord[];
  } catch (error) {
    if (error instanceof QaError) throw error;
    throw badTable(source, 'CSV with a header', `what cannot be parsed (${messageOf(error)})`);
  }
}

/** Rows of JSON Lines: an object a line. Empty lines are passed over. */
export function* jsonLinesRows(text: string, source: string): Generator<Row> {
  for (const [index, line] of text.split('\n').entries()) {
    if (line.trim() === '') continue;
    yield { where: `line ${index + 1}`, values: parseLine(line, index + 1, source) };
  }
}

function parseLine(line: string, number: number, source: string): unknown {
  try {
    return JSON.parse(line);
  } catch (error) {
    throw badTable(source, `a JSON object at line ${number}`, `what cannot be parsed (${messageOf(error)})`);
  }
}

/** Rows of a JSON list, which is the file itself or its `data`. */
export function* jsonRows(list: readonly unknown[], name: string): Generator<Row> {
  for (const [index, values] of list.entries()) yield { where: `${name}[${index}]`, values };
}

function badTable(source: string, expected: string, got: string): QaError {
  return new QaError(
    `Expected ${expected} in ${source}, got ${got.replace(/\s+/g, ' ')}; correct the file, or fetch it again if it was cut.`,
    'ERR_SQUAD_FORMAT',
  );
}
