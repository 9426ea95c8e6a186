import { excerptOf, messageOf } from '../errors.js';
import {
  ExampleCollector,
  type ExampleFile,
  type RawExample,
  type ExampleOptions,
} from './example-collector.js';
import { Fields } from './fields.js';
import { parsePythonLiteral } from './python-literal.js';

/** A row of a table of questions. */
export interface Row {
  /** Where it is in the file, such as `line 7`. */
  readonly where: string;
  /** Its values by column, still to be checked. */
  readonly values: unknown;
}

type Answers = RawExample['answers'];

/** The columns that `run_qa.py` reads; `title` may come along, others are left alone. */
export const flatColumns = ['id', 'context', 'question', 'answers'] as const;

/**
 * Questions from the flat rows of Hugging Face's `datasets`, one a row: `id`, `context`, `question`, and `answers` as
 * `{"text": [...], "answer_start": [...]}`, with empty lists for a question without an answer. SQuAD's own list of
 * `{"text", "answer_start"}` is taken too, and both as a string, in JSON or as Python prints them, which is how tables
 * hold them. `answer_start` counts code points. An id may be a whole number.
 *
 * @param source names the file in errors
 * @throws QaError `ERR_SQUAD_FORMAT`, naming the row and the column
 */
export function parseRows(rows: Iterable<Row>, source: string, options: ExampleOptions = {}): ExampleFile {
  const fields = new Fields(source, `each row must have the columns ${flatColumns.join(', ')}`);
  const collector = new ExampleCollector(fields, options);
  for (const { where, values } of rows) {
    const row = fields.object(values, where);
    const { id, title } = row;
    collector.add(
      {
        id: Number.isSafeInteger(id) ? String(id) : fields.string(id, `${where}, column id`),
        title: typeof title === 'string' ? title : '',
        question: fields.string(row['question'], `${where}, column question`),
        context: fields.string(row['context'], `${where}, column context`),
        answers: readAnswers(fields, row, `${where}, column answers`),
      },
      where,
    );
  }
  return collector.finish();
}

function readAnswers(fields: Fields, row: Record<string, unknown>, where: string): Answers {
  if (row['answers'] === undefined && row['is_impossible'] === true) return [];
  const answers = fromText(fields, row['answers'], where);
  if (Array.isArray(answers)) {
    return fields.objects(answers, where).map(({ text, answer_start: start }, n) => ({
      text: fields.string(text, `${where}[${n}].text`),
      answerStart: fields.offset(start, `${where}[${n}]`),
    }));
  }
  const { text, answer_start: start } = fields.object(answers, where);
  const texts = fields.list(text, `${where}.text`);
  const starts = fields.list(start, `${where}.answer_start`);
  if (texts.length !== starts.length) {
    throw fields.error(`as many answer_start as text at ${where}`, `${starts.length} beside ${texts.length}`);
  }
  return texts.map((item, n) => ({
    text: fields.string(item, `${where}.text[${n}]`),
    answerStart: fields.offset(starts[n], `${where}.answer_start[${n}]`),
  }));
}

/** The value that a string stands for; what is no string as it is. */
function fromText(fields: Fields, value: unknown, where: string): unknown {
  if (typeof value !== 'string') return value;
  try {
    return JSON.parse(value);
  } catch {
    // Not JSON: what Python prints has other quotes.
  }
  try {
    return parsePythonLiteral(value);
  } catch (error) {
    throw fields.error(
      `{"text": [...], "answer_start": [...]} at ${where}`,
      `${excerptOf(JSON.stringify(value))} (${messageOf(error)})`,
    );
  }
}
