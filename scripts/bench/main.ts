import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { QaError, messageOf } from '../../src/errors.js';
import { compareContestants } from './comparison.js';
import { parseOptions } from './options.js';
import { studyScaling } from './scaling.js';

// npm run bench: measures Python, Python with run_qa.py's fast options and qa-native in turns, prints a table and
// writes bench/results/<machine>.json. With --scaling: how qa-native's cost grows.

const folder = mkdtempSync(join(tmpdir(), 'qa-native-bench-'));
try {
  const args = await parseOptions();
  await (args.scaling ? studyScaling(args, folder) : compareContestants(args, folder));
} catch (error) {
  if (!(error instanceof QaError)) throw error;
  process.stderr.write(`bench: ${messageOf(error)}\n`);
  process.exitCode = 1;
} finally {
  rmSync(folder, { recursive: true, force: true });
}
