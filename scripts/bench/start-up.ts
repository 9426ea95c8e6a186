import { join } from 'node:path';
import { referenceFolder, run } from '../reference-python.js';
import type { SampleBook } from './samples.js';
import { qaNative } from './variants.js';

/** How long `--help` takes: a new process that computes nothing. */
export function measureHelp(python: string, book: SampleBook, rounds: number): void {
  const programs = [
    ['python', python, [join(referenceFolder, 'notebook.py'), '--help']],
    ['default', process.execPath, [qaNative, 'train', '--help']],
  ] as const;
  for (let round = 0; round < rounds; round++) {
    for (const [variant, program, args] of programs) {
      const began = performance.now();
      run(program, args, { quiet: true, env: { PYTHONWARNINGS: 'ignore' } });
      book.add('--help', variant, (performance.now() - began) / 1000);
    }
  }
}
