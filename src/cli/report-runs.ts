import { readExamples } from '../data/read-examples.js';
import { QaError } from '../errors.js';
import { writeFileAtomic } from '../formats/atomic-file.js';
import { renderPage } from '../report/page.js';
import { readRunFolder, type RunFolder } from '../report/run-folder.js';
import { runsReport } from '../report/runs-report.js';
import type { ReportArgs } from './report.js';
import { dataOfRun } from './run-data.js';

/** `qa-native report`. */
export async function reportRuns(args: ReportArgs): Promise<void> {
  const runs = await Promise.all(args.runs.map(readRunFolder));
  const { file } = await dataOfRun(args, args.runs[0]);
  const { examples } = await readExamples(file);
  runs.forEach((run, index) => {
    expectAnswers(run, args.runs[index], examples, file);
  });
  await writeFileAtomic(args.output, renderPage(runsReport(withNames(runs, args.runs), examples)));
  process.stdout.write(
    args.json ? `${JSON.stringify({ output: args.output })}\n` : `The report is in ${args.output}.\n`,
  );
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
      `of ${run.answers.size} that it has; give the --validation-file that it was evaluated on.`,
    'ERR_RUN',
  );
}

/** Folders of one name are told apart by their paths. */
function withNames(runs: readonly RunFolder[], folders: readonly string[]): RunFolder[] {
  const isUnique = new Set(runs.map(({ name }) => name)).size === runs.length;
  return runs.map((run, index) => (isUnique ? run : { ...run, name: folders[index] }));
}
