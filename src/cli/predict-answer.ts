import { UsageError } from '../errors.js';
import { atLeastOne, expectNumber } from '../number-range.js';
import type { Reader } from '../reader/reader.js';
import { mostAnswers } from '../reader/checks.js';
import type { ReaderAnswer } from '../reader/types.js';
import { converse } from './conversation.js';
import { predictLines } from './predict-lines.js';
import { readText } from './read-text.js';
import { loadReader, type ReaderArgs } from './reader-flags.js';
import { showAnswer } from './show-answer.js';
import { expectOther } from './write-output.js';

export interface PredictArgs extends ReaderArgs {
  readonly question: string | undefined;
  readonly context: string | undefined;
  readonly contextFile: string | undefined;
  readonly input: string | undefined;
  readonly output: string | undefined;
  readonly topK: number;
  readonly version2WithNegative: boolean | undefined;
  readonly json: boolean;
}

/** What one call of the command does, once its flags are known to go together. */
type Job =
  | { readonly kind: 'lines'; readonly input: string; readonly output: string }
  | { readonly kind: 'question'; readonly question: string; readonly context: string }
  | { readonly kind: 'conversation'; readonly context: string };

/** `qa-native predict`: one question, a file of questions, or a conversation about one context. */
export async function predict(args: PredictArgs): Promise<void> {
  expectNumber('--top-k', args.topK, { ...atLeastOne, most: mostAnswers });
  const job = await chooseJob(args);
  await using reader = await loadReader(args);
  if (job.kind === 'lines') await predictLines(reader, job, answerOptions(args));
  else if (job.kind === 'question') await printAnswers(reader, job.question, job.context, args);
  else await converse((question, signal) => printAnswers(reader, question, job.context, args, signal));
}

async function chooseJob(args: PredictArgs): Promise<Job> {
  const { question, input, output } = args;
  if (input !== undefined || output !== undefined) {
    if (input === undefined || output === undefined) {
      throw new UsageError('Expected --input and --output together, got one of them; name both files.');
    }
    if (question !== undefined || args.context !== undefined || args.contextFile !== undefined) {
      throw new UsageError('Expected the questions in --input or --question with its context, got both.');
    }
    expectOther(output, '--input', input);
    return { kind: 'lines', input, output };
  }
  const context = await readContext(args);
  return question === undefined ? { kind: 'conversation', context } : { kind: 'question', question, context };
}

async function readContext({ context, contextFile }: PredictArgs): Promise<string> {
  if ((context === undefined) === (contextFile === undefined)) {
    throw new UsageError(
      `Expected --context or --context-file (or --input with --output), got ${context === undefined ? 'neither' : 'both'}.`,
    );
  }
  if (contextFile === undefined) return context ?? '';
  return readText(contextFile, 'a text', 'give a file of UTF-8 that is there');
}

function answerOptions({ topK, maxAnswerLength, version2WithNegative: nullAnswer = false }: PredictArgs) {
  return { topK, nullAnswer, maxAnswerLength };
}

async function printAnswers(
  reader: Reader,
  question: string,
  context: string,
  args: PredictArgs,
  signal?: AbortSignal,
): Promise<void> {
  const answers = await reader.answer(question, context, { ...answerOptions(args), signal });
  const colours = process.stdout.isTTY && process.stdout.hasColors();
  const show = (answer: ReaderAnswer) =>
    args.json ? JSON.stringify(answer) : showAnswer(answer, context, colours);
  process.stdout.write(`${answers.map(show).join('\n')}\n`);
}
