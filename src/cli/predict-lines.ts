import { stat } from 'node:fs/promises';
import { QaError, messageOf } from '../errors.js';
import type { AnswerOptions, Reader } from '../reader/reader.js';
import { withFlags } from './describe-error.js';
import { inOrder } from './in-order.js';
import { Progress } from './progress.js';
import { textLines, type Line } from './text-lines.js';
import { writeOutput } from './write-output.js';

interface Files {
  readonly input: string;
  readonly output: string;
}

/** What became of a line: what goes into the output, and what was wrong where it could not be answered. */
interface Outcome {
  readonly json: string;
  readonly problem?: string;
}

const problemsShown = 5;

/** Questions that wait for their answers: enough for full batches; more would only take memory. */
const inFlight = 256;

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
  const progress = await progressOver(files.input);
  const problems: string[] = [];
  let done = 0;
  const outcomes = inOrder(linesOf(files.input), inFlight, (line) => answerLine(reader, line, options));
  async function* written(): AsyncGenerator<string> {
    for await (const { json, problem } of outcomes) {
      if (problem !== undefined) problems.push(problem);
      done += 1;
      progress?.update(done);
      yield `${json}\n`;
    }
  }
  try {
    await writeOutput(files.output, written());
  } finally {
    progress?.clear();
  }

  if (problems.length === 0) return;
  const more = problems.length > problemsShown ? `; and ${problems.length - problemsShown} more` : '';
  throw new QaError(
    `Expected a question and a context in each line of ${files.input}, but ${problems.length} of ${done} could not ` +
      `be answered (${problems.slice(0, problemsShown).join('; ')}${more}); the others are in ${files.output}.`,
    'ERR_INPUT',
  );
}

const linesOf = (path: string) => textLines(path, 'questions', 'give a file of JSON Lines in UTF-8');

/** Of a file, whose lines are counted before; a pipe can be read only once. */
async function progressOver(path: string): Promise<Progress | undefined> {
  const isFile = await stat(path).then(
    (there) => there.isFile(),
    () => false,
  );
  if (!isFile) return undefined;
  let lines = 0;
  const counted = linesOf(path);
  while ((await counted.next()).done !== true) lines += 1;
  return new Progress('predict', lines, 'question');
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
    const message = withFlags(error.message);
    return {
      json: JSON.stringify({ line: number, error: message }),
      problem: `line ${number}: ${message.replace(/\.$/, '')}`,
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
