import { readExamples } from '../data/read-examples.js';
import { sample } from '../data/sample.js';

/** A passage of the bundled sample, with its questions. */
export interface PageExample {
  readonly title: string;
  readonly context: string;
  readonly questions: readonly string[];
}

/** The first passage of each theme that the held-out part of the sample has. */
export async function pageExamples(): Promise<PageExample[]> {
  const { examples } = await readExamples(sample.validationFile);
  const firsts = examples.filter(({ title }, index) => title !== examples[index - 1]?.title);
  return firsts.map(({ title, context }) => ({
    title,
    context,
    questions: examples.filter((other) => other.context === context).map(({ question }) => question),
  }));
}
