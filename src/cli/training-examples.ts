import type { Example } from '../data/examples.js';
import { readExamples } from '../data/read-examples.js';
import { UsageError } from '../errors.js';

const idsShown = 5;

/**
 * The first `limit` questions of a file (all without a limit). Says on stderr which of them have an answer that
 * is not at its `answer_start`: they are labelled as they stand, as in the notebook.
 */
export async function readTrainingExamples(
  file: string,
  limit: number | undefined,
): Promise<{ examples: readonly Example[]; misplaced: readonly string[] }> {
  if (limit !== undefined && !(Number.isInteger(limit) && limit >= 1)) {
    throw new UsageError(`Expected --max-train-samples to be a whole number of 1 or more, got ${limit}.`);
  }
  const squad = await readExamples(file);
  const examples = squad.examples.slice(0, limit);
  const used = new Set(examples.map(({ id }) => id));
  const misplaced = squad.misplaced.filter((id) => used.has(id));
  if (misplaced.length > 0) {
    const rest = misplaced.length > idsShown ? ', …' : '';
    process.stderr.write(
      `qa-native: ${misplaced.length} questions have an answer that is not at its answer_start; they are labelled as ` +
        `they stand: ${misplaced.slice(0, idsShown).join(', ')}${rest}\n`,
    );
  }
  return { examples, misplaced };
}
