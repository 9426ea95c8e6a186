import { createInterface } from 'node:readline/promises';
import { QaError } from '../errors.js';
import { describeError } from './describe-error.js';
import { readerFlags } from './reader-flags.js';

/**
 * Takes a question a line from standard input until it ends, and has each answered before the next is asked for. What
 * is wrong with one question is said, and the conversation goes on. On a terminal, prompts; an empty line ends it, and so
 * does Ctrl-C, which gives up the question that is being answered. It ends, too, where nobody reads the answers any more.
 */
export async function converse(
  answer: (question: string, signal: AbortSignal) => Promise<void>,
  { stdin, stdout }: Pick<NodeJS.Process, 'stdin' | 'stdout'> = process,
): Promise<void> {
  const isTerminal = stdin.isTTY && stdout.isTTY;
  const lines = createInterface({ input: stdin, ...(isTerminal ? { output: stdout, prompt: '? ' } : {}) });
  let isOpen = true;
  lines.once('close', () => (isOpen = false));
  const givenUp = new AbortController();
  lines.once('SIGINT', () => {
    givenUp.abort();
    lines.close();
  });
  let isRead = true;
  const unread = () => (isRead = false);
  stdout.once('error', unread);
  let isPrompting = false;
  lines.on('line', () => (isPrompting = false));
  const prompt = () => {
    // Ctrl-D may come while an answer is computed: a prompt after it would listen for input that keeps the process alive.
    isPrompting = isTerminal && isOpen;
    if (isPrompting) lines.prompt();
  };
  if (isTerminal) stdout.write('Ask about the text; an empty line ends the conversation.\n');
  try {
    prompt();
    for await (const line of lines) {
      if (!isRead || givenUp.signal.aborted) return;
      const question = line.trim();
      if (question === '' && isTerminal) return;
      if (question !== '') await answer(question, givenUp.signal).catch(sayWhatIsWrong);
      prompt();
    }
  } finally {
    stdout.off('error', unread);
    lines.close();
    // What comes next should not stand behind a prompt that nothing was typed at.
    if (isPrompting) stdout.write('\n');
  }
}

function sayWhatIsWrong(error: unknown): void {
  if (error instanceof Error && error.name === 'AbortError') return;
  if (!(error instanceof QaError)) throw error;
  process.stderr.write(`${describeError(error, Object.keys(readerFlags))}\n`);
}
