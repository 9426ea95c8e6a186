import { createInterface } from 'node:readline/promises';
import { QaError } from '../errors.js';

/**
 * Takes a question a line from standard input until it ends, and has each answered before the next is asked for. What
 * is wrong with one question is said, and the conversation goes on. On a terminal, prompts; an empty line ends it.
 */
export async function converse(
  answer: (question: string) => Promise<void>,
  { stdin, stdout }: Pick<NodeJS.Process, 'stdin' | 'stdout'> = process,
): Promise<void> {
  const isTerminal = stdin.isTTY && stdout.isTTY;
  const lines = createInterface({ input: stdin, ...(isTerminal ? { output: stdout, prompt: '? ' } : {}) });
  let isOpen = true;
  lines.once('close', () => (isOpen = false));
  // Ctrl-D may come while an answer is computed: a prompt after it would listen for input that keeps the process alive.
  const prompt = () => {
    if (isTerminal && isOpen) lines.prompt();
  };
  if (isTerminal) stdout.write('Ask about the text; an empty line ends the conversation.\n');
  try {
    prompt();
    for await (const line of lines) {
      const question = line.trim();
      if (question === '' && isTerminal) return;
      if (question !== '') await answer(question).catch(sayWhatIsWrong);
      prompt();
    }
  } finally {
    lines.close();
  }
}

function sayWhatIsWrong(error: unknown): void {
  if (!(error instanceof QaError)) throw error;
  process.stderr.write(`qa-native: ${error.message}\n`);
}
