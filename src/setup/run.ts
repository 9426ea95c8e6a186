import { spawn } from 'node:child_process';

export interface RunResult {
  /** Exit code, or null where the program could not be started or was killed. */
  readonly code: number | null;
  /** stdout and stderr, in the order in which they came. */
  readonly output: string;
  readonly stdout: string;
}

/** Runs a program to its end, without standard input. `onOutput` hears what it prints, piece by piece. */
export function run(
  command: string,
  args: readonly string[],
  { onOutput, ...options }: { readonly cwd?: string; readonly onOutput?: (text: string) => void } = {},
): Promise<RunResult> {
  return new Promise((resolve) => {
    const child = spawn(command, args, { ...options, stdio: ['ignore', 'pipe', 'pipe'] });
    let [output, stdout] = ['', ''];
    const take = (text: string) => {
      output += text;
      onOutput?.(text);
    };
    child.stdout.setEncoding('utf8').on('data', (text: string) => {
      stdout += text;
      take(text);
    });
    child.stderr.setEncoding('utf8').on('data', take);
    child.on('error', (error) => {
      resolve({ code: null, output: `${output}${error.message}`, stdout });
    });
    child.on('close', (code) => {
      resolve({ code, output, stdout });
    });
  });
}
