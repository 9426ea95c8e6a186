import { existsSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { readExamples } from '../data/read-examples.js';
import { QaError } from '../errors.js';
import { renderPage } from '../report/page.js';
import { readRunFolder, type RunFolder } from '../report/run-folder.js';
import { nameRuns } from '../report/run-names.js';
import { runsReport } from '../report/runs-report.js';
import { typedFlags } from './flag-names.js';
import { recordFile } from './read-run-record.js';
import { dataOfRun } from './run-data.js';
import { checkSampleLimit } from './training-examples.js';
import { sayWritten, writeOutput } from './write-output.js';

export interface ReportArgs {
  readonly runs: readonly string[];
  readonly dataset: string | undefined;
  readonly validationFile: string | undefined;
  readonly maxEvalSamples: number | undefined;
  readonly output: string;
  readonly json: boolean;
}

/** `qa-native report`. */
export async function reportRuns(args: ReportArgs): Promise<void> {
  checkSampleLimit('--max-eval-samples', args.maxEvalSamples);
  // A folder that is given twice, as by a pattern and by its name, is one run.
  const folders = [...new Map(args.runs.map((folder) => [resolve(folder), folder])).values()];
  const runs = await Promise.all(folders.map(readRunFolder));
  // Only training writes down what a run is scored on.
  const recorded = folders.find((folder) => existsSync(join(folder, recordFile))) ?? folders[0];
  const { file, maxEvalSamples } = await dataOfRun(args, recorded);
  const read = await readExamples(file);
  const examples = read.examples.slice(0, maxEvalSamples);
  runs.forEach((run, index) => {
    expectAnswers(run, folders[index], examples, file);
  });
  const names = nameRuns(folders);
  const named = runs.map((run, index) => ({ ...run, name: names[index], flags: asTyped(run.flags) }));
  await writeOutput(args.output, renderPage(runsReport(named, examples)));
  const { output } = args;
  sayWritten(output, args.json ? JSON.stringify({ output }) : `The report is in ${output}.`);
}

/** Settings by the names of their flags, which those who read the page can type; and which break where they have hyphens. */
function asTyped(flags: RunFolder['flags']): RunFolder['flags'] {
  const named = Object.entries(flags).map(([name, value]) => [typedFlags.get(name) ?? name, value] as const);
  return Object.fromEntries(named);
}

/** A run that was scored on other questions would have a report of nonsense. */
function expectAnswers(
  run: RunFolder,
  folder: string,
  examples: readonly { readonly id: string }[],
  file: string,
): void {
  const missing = examples.filter(({ id }) => !run.answers.has(id)).length;
  if (missing === 0 && run.answers.size === examples.length) return;
  throw new QaError(
    `Expected ${folder} to have an answer for each of the ${examples.length} questions of ${file}, but ${missing} are missing ` +
      `of ${run.answers.size} that it has; give the --validation-file, and any --max-eval-samples, that it was evaluated with.`,
    'ERR_RUN',
  );
}
