import { spawn } from 'node:child_process';

export interface RunResult {
  /** Exit code, or null where the program could not be started or was killed. */
  readonly code: number | null;
  /** stdout and stderr, in the order in which they came. */
  readonly output: string;
}

/** Runs a program to its end; `onOutput` sees what it prints as it comes. */
export function run(
  command: string,
  args: readonly string[],
  options: {
    readonly cwd?: string;
    readonly env?: NodeJS.ProcessEnv;
    readonly onOutput?: (text: string) => void;
  } = {},
): Promise<RunResult> {
  return new Promise((resolve) => {
    const child = spawn(command, args, {
      cwd: options.cwd,
      env: options.env ?? process.env,
      stdio: ['ignore', 'pipe', 'pipe'],
    });
    let output = '';
    const take = (chunk: Buffer) => {
      const text = chunk.toString('utf8');
      output += text;
      options.onOutput?.(text);
    };
    child.stdout.on('data', take);
    child.stderr.on('data', take);
    child.on('error', (error) => {
      resolve({ code: null, output: `${output}${error.message}` });
    });
    child.on('close', (code) => {
      resolve({ code, output });
    });
  });
}
