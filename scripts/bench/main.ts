import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { QaError, messageOf } from '../../src/errors.js';
import { compareContestants } from './comparison.js';
import { parseOptions } from './options.js';
import { studyScaling } from './scaling.js';
import { measureScores } from './scores.js';

// npm run bench: measures Python, Python with run_qa.py's fast options and qa-native in turns, prints a table and
// writes bench/results/<machine>.json. With --scaling: how qa-native's cost grows. With --scores: what the flags
// for speed score.

const folder = mkdtempSync(join(tmpdir(), 'qa-native-bench-'));
try {
  const args = await parseOptions();
  if (args.scaling) await studyScaling(args, folder);
  else if (args.scores) await measureScores(args);
  else await compareContestants(args, folder);
} catch (error) {
  if (!(error instanceof QaError)) throw error;
  process.stderr.write(`bench: ${messageOf(error)}\n`);
  process.exitCode = error.exitCode;
} finally {
  rmSync(folder, { recursive: true, force: true });
}
