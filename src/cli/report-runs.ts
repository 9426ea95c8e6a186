import { readExamples } from '../data/read-examples.js';
import { QaError, UsageError } from '../errors.js';
import { writeFileAtomic } from '../formats/atomic-file.js';
import { resolveDataset } from '../hub/datasets.js';
import { renderPage } from '../report/page.js';
import { readRunFolder, type RunFolder } from '../report/run-folder.js';
import { runsReport } from '../report/runs-report.js';
import { cacheDir } from '../setup/paths.js';
import type { ReportArgs } from './report.js';

/** `qa-native report`. */
export async function reportRuns(args: ReportArgs): Promise<void> {
  const { validationFile } = await resolveDataset(args, cacheDir(), ['validation']);
  if (validationFile === undefined)
    throw new UsageError('Expected --validation-file or --dataset, but neither came.');
  const runs = await Promise.all(args.runs.map(readRunFolder));
  const { examples } = await readExamples(validationFile);
  runs.forEach((run, index) => {
    expectAnswers(run, args.runs[index], examples, validationFile);
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
