import { createHash } from 'node:crypto';
import { spawnSync } from 'node:child_process';
import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { QaError } from '../src/errors.js';
import { packageRoot } from '../src/setup/paths.js';

export const referenceFolder = join(packageRoot, 'scripts', 'reference');

/**
 * A Python that has what requirements.txt pins: `given`, or a virtual environment in `cache`, made on first use. The
 * environment's name holds the requirements' hash, so that another pin makes another environment.
 */
export function referencePython(cache: string, given?: string): string {
  if (given !== undefined) return given;
  const requirements = join(referenceFolder, 'requirements.txt');
  const hash = createHash('sha256').update(readFileSync(requirements)).digest('hex').slice(0, 12);
  const environment = join(cache, `reference-python-${hash}`);
  const python = join(environment, 'bin', 'python');
  // Written last: an installation that was interrupted is done again.
  const complete = join(environment, 'complete');
  if (!existsSync(complete)) {
    process.stdout.write(
      `Making the Python reference environment in ${environment} (torch alone takes minutes).\n`,
    );
    run('python3', ['-m', 'venv', environment]);
    run(python, ['-m', 'pip', 'install', '--quiet', '--disable-pip-version-check', '-r', requirements]);
    writeFileSync(complete, '');
  }
  return python;
}

/** Runs a program to its end, with its errors shown and, unless `quiet`, its output; throws when it fails. */
export function run(
  program: string,
  args: readonly string[],
  { env = {}, quiet = false }: { readonly env?: NodeJS.ProcessEnv; readonly quiet?: boolean } = {},
): void {
  const { status, error } = spawnSync(program, args, {
    stdio: ['ignore', quiet ? 'ignore' : 'inherit', 'inherit'],
    env: { ...process.env, ...env },
  });
  if (status === 0) return;
  const ending =
    error === undefined ? `ended with ${status ?? 'a signal'}` : `could not be started (${error.message})`;
  throw new QaError(
    `Expected \`${program} ${args.slice(0, 3).join(' ')} …\` to succeed, but it ${ending}; see above.`,
    'ERR_CHILD',
  );
}
