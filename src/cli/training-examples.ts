import type { Example } from '../data/examples.js';
import { readExamples } from '../data/read-examples.js';
import { atLeastOne, expectNumber } from '../number-range.js';

const idsShown = 5;

/**
 * The first `limit` questions of a file (all without a limit). Says on stderr which of them have an answer that is not at
 * its `answer_start` (they are labelled as they stand, as in the notebook) and, unless `version2WithNegative`, which have
 * none.
 */
export async function readTrainingExamples(
  file: string,
  limit: number | undefined,
  version2WithNegative = true,
): Promise<{ examples: readonly Example[]; misplaced: readonly string[] }> {
  checkSampleLimit('--max-train-samples', limit);
  const read = await readExamples(file);
  const examples = read.examples.slice(0, limit);
  const used = new Set(examples.map(({ id }) => id));
  const misplaced = read.misplaced.filter((id) => used.has(id));
  warn(misplaced, 'have an answer that is not at its answer_start; they are labelled as they stand');
  const unanswerable = version2WithNegative ? [] : examples.filter(({ answers }) => answers.length === 0);
  warn(
    unanswerable.map(({ id }) => id),
    'have no answer; they are labelled so, but without --version-2-with-negative no question is left unanswered',
  );
  return { examples, misplaced };
}

/** Throws wrong usage where a flag is no number of questions; one that is left out limits nothing. */
export function checkSampleLimit(
  flag: '--max-train-samples' | '--max-eval-samples',
  limit: number | undefined,
): void {
  if (limit !== undefined) expectNumber(flag, limit, atLeastOne);
}

function warn(ids: readonly string[], what: string): void {
  if (ids.length === 0) return;
  const rest = ids.length > idsShown ? ', …' : '';
  process.stderr.write(
    `qa-native: ${ids.length} questions ${what}: ${ids.slice(0, idsShown).join(', ')}${rest}\n`,
  );
}
