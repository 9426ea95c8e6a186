import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { packageRoot } from '../../src/setup/paths.js';
import { referenceFolder } from '../reference-python.js';
import { Contestant, type ContestantSettings } from './contestant.js';

/**
 * Who takes part: the notebook in Python to the letter, Python with run_qa.py's fast options, and qa-native as it is
 * and with its flags.
 */
export const variants = ['python', 'peer', 'default', 'fast', 'bf16'] as const;
export type Variant = (typeof variants)[number];

export const labels: Record<Variant, string> = {
  python: 'Python',
  peer: 'peer',
  default: 'qa-native',
  fast: '--fast',
  bf16: '--fast --bf16',
};

export const qaNative = join(packageRoot, 'dist', 'bin', 'qa-native.js');
const worker = fileURLToPath(new URL('worker.js', import.meta.url));

export function isPython(variant: Variant): boolean {
  return variant === 'python' || variant === 'peer';
}

export function startContestant(
  variant: Variant,
  python: string,
  settings: Omit<ContestantSettings, 'variant'>,
) {
  const given = JSON.stringify({ variant, ...settings });
  const [program, script] = isPython(variant)
    ? [python, join(referenceFolder, 'bench.py')]
    : [process.execPath, worker];
  return new Contestant(`${labels[variant]} (${settings.model})`, program, [script, given], settings.threads);
}
