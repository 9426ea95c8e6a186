import { QaError, messageOf } from '../errors.js';
import { writeFileAtomic } from '../formats/atomic-file.js';
import type { AnswerOptions, Reader } from '../reader/reader.js';
import { Progress } from './progress.js';
import { readText } from './read-text.js';

interface Files {
  readonly input: string;
  readonly output: string;
}

/** A line of the input that is not empty, by its number from 1. */
interface Line {
  readonly number: number;
  readonly text: string;
}

/** What became of a line: what goes into the output, and what was wrong where it could not be answered. */
interface Outcome {
  readonly json: string;
  readonly problem?: string;
}

const problemsShown = 5;

/**
 * Answers JSON Lines: an object with `question` and `context` a line, which goes into the output, in the same order, with
 * `answers` beside. A line that cannot be answered gets `{"line", "error"}` there instead, and fails the command once
 * the others were written.
 */
export async function predictLines(
  reader: Reader,
  files: Files,
  options: AnswerOptions & { readonly topK: number },
): Promise<void> {
  const lines = await readLines(files.input);
  const progress = new Progress('predict', lines.length, 'question');
  let done = 0;
  const outcomes = await Promise.all(
    lines.map(async (line): Promise<Outcome> => {
      const outcome = await answerLine(reader, line, options);
      progress.update(++done);
      return outcome;
    }),
  );
  progress.clear();
  await writeFileAtomic(
    files.output,
    outcomes.map(({ json }) => `${json}\n`),
  );

  const problems = outcomes.flatMap(({ problem }) => problem ?? []);
  if (problems.length === 0) return;
  const more = problems.length > problemsShown ? `; and ${problems.length - problemsShown} more` : '';
  throw new QaError(
    `Expected a question and a context in each line of ${files.input}, but ${problems.length} of ${lines.length} could not ` +
      `be answered (${problems.slice(0, problemsShown).join('; ')}${more}); the others are in ${files.output}.`,
    'ERR_INPUT',
  );
}

async function readLines(path: string): Promise<Line[]> {
  const text = await readText(path, 'questions', 'give a file of JSON Lines in UTF-8');
  const lines = text.split('\n').map((line, index) => ({ number: index + 1, text: line }));
  return lines.filter((line) => line.text.trim() !== '');
}

async function answerLine(
  reader: Reader,
  { number, text }: Line,
  options: AnswerOptions & { readonly topK: number },
): Promise<Outcome> {
  try {
    const row = parseLine(text);
    const answers = await reader.answer(row.question, row.context, options);
    return { json: JSON.stringify({ ...row, answers }) };
  } catch (error) {
    // What is wrong with one line is told with its number; what is wrong with the reader ends the command.
    if (!(error instanceof QaError) || error.code.startsWith('ERR_READER')) throw error;
    return {
      json: JSON.stringify({ line: number, error: error.message }),
      problem: `line ${number}: ${error.message.replace(/\.$/, '')}`,
    };
  }
}

function parseLine(text: string): { question: string; context: string } {
  let row: unknown;
  try {
    row = JSON.parse(text);
  } catch (error) {
    throw new QaError(
      `Expected a JSON object, got what cannot be parsed (${messageOf(error)}).`,
      'ERR_INPUT',
    );
  }
  const { question, context } = (row ?? {}) as Record<string, unknown>;
  if (typeof question === 'string' && typeof context === 'string')
    return { ...(row as object), question, context };
  throw new QaError('Expected an object with the texts "question" and "context".', 'ERR_INPUT');
}
