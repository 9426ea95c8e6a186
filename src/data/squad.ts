import { readFile } from 'node:fs/promises';
import { QaError, messageOf } from '../errors.js';
import { codePointsToUnits } from './code-points.js';
import type { Answer, Example } from './examples.js';

export interface SquadFile {
  readonly examples: readonly Example[];
  /** Ids of the questions with an answer whose text is not at its offset; training labels would be off. */
  readonly misplaced: readonly string[];
}

/**
 * Reads SQuAD's nested JSON (Rajpurkar et al. 2016, arXiv:1606.05250): `data[].paragraphs[].{context, qas[]}`.
 * `answer_start` counts code points there and UTF-16 units here. Throws `ERR_SQUAD_FORMAT`, naming the place.
 */
export async function readSquad(path: string): Promise<SquadFile> {
  let json: unknown;
  try {
    // Strict, as Python: replaced bytes would go unnoticed. A byte order mark is dropped.
    json = JSON.parse(new TextDecoder('utf-8', { fatal: true }).decode(await readFile(path)));
  } catch (error) {
    const reason = messageOf(error).replace(/\s+/g, ' ');
    throw new QaError(
      `Expected a SQuAD file at ${path}, but it could not be read (${reason}); check the path, or fetch it again if it was cut.`,
      'ERR_SQUAD_FORMAT',
      { cause: error },
    );
  }
  return parseSquad(json, path);
}

/** Checks and flattens parsed SQuAD JSON; `source` names it in errors. */
export function parseSquad(json: unknown, source: string): SquadFile {
  const read = new Reader(source);
  const examples: Example[] = [];
  const misplaced: string[] = [];
  const seen = new Set<string>();

  read.list(json, '', 'data').forEach((article, a) => {
    const title = typeof article['title'] === 'string' ? article['title'] : '';
    read.list(article, `data[${a}]`, 'paragraphs').forEach((paragraph, p) => {
      const place = `data[${a}].paragraphs[${p}]`;
      const context = read.string(paragraph, place, 'context');
      const toUnits = codePointsToUnits(context);
      read.list(paragraph, place, 'qas').forEach((qa, q) => {
        const here = `${place}.qas[${q}]`;
        const id = read.string(qa, here, 'id');
        if (seen.has(id))
          throw read.error(`an id of its own at ${here}`, `${JSON.stringify(id)} a second time`);
        seen.add(id);
        const answers = read
          .list(qa, here, 'answers')
          .map((answer, n) => readAnswer(read, answer, `${here}.answers[${n}]`, toUnits));
        if (answers.some(({ text, start }) => !context.startsWith(text, start))) misplaced.push(id);
        examples.push({ id, title, question: read.string(qa, here, 'question'), context, answers });
      });
    });
  });
  if (examples.length === 0) throw read.error('a question', 'none');
  return { examples, misplaced };
}

function readAnswer(
  read: Reader,
  answer: Record<string, unknown>,
  place: string,
  toUnits: (codePoints: number) => number,
): Answer {
  const start = answer['answer_start'];
  if (typeof start !== 'number' || !Number.isInteger(start) || start < 0) {
    throw read.error(`a whole number of 0 or more as answer_start at ${place}`, describe(start));
  }
  return { text: read.string(answer, place, 'text'), start: toUnits(start) };
}

/** Field access that names the file and the place in what it throws. */
class Reader {
  constructor(private readonly source: string) {}

  list(value: unknown, place: string, name: string): Record<string, unknown>[] {
    const list = (value as Record<string, unknown> | null | undefined)?.[name];
    const where = place === '' ? name : `${place}.${name}`;
    if (!Array.isArray(list)) throw this.error(`a list at ${where}`, describe(list));
    list.forEach((item: unknown, index) => {
      if (typeof item !== 'object' || item === null) {
        throw this.error(`an object at ${where}[${index}]`, describe(item));
      }
    });
    return list as Record<string, unknown>[];
  }

  string(value: Record<string, unknown>, place: string, name: string): string {
    const text = value[name];
    if (typeof text !== 'string') throw this.error(`a string at ${place}.${name}`, describe(text));
    return text;
  }

  error(expected: string, got: string): QaError {
    return new QaError(
      `Expected ${expected} in ${this.source}, got ${got}; the file must be in SQuAD's nested JSON format.`,
      'ERR_SQUAD_FORMAT',
    );
  }
}

function describe(value: unknown): string {
  return value === undefined ? 'nothing' : (JSON.stringify(value) ?? typeof value).slice(0, 60);
}
