import type { Example } from '../../src/data/examples.js';
import { QaError } from '../../src/errors.js';

/** Questions to train on, and questions to score, about other articles. */
export interface ArticleSplit {
  readonly training: readonly Example[];
  readonly heldOut: readonly Example[];
}

/** Every so many articles one is held out: 8 of SQuAD dev's 48. */
const every = 6;

/**
 * Splits questions by their article's title, the last of every six articles held out, in the order in which they come.
 * @throws QaError `ERR_NO_DATA` where there are fewer articles than six
 */
export function splitByArticle(examples: readonly Example[]): ArticleSplit {
  const titles = titlesOf(examples);
  if (titles.length < every) {
    throw new QaError(
      `Expected questions about ${every} articles or more, to hold one in ${every} out, got ${titles.length}; ` +
        "give a file in SQuAD's nested format as --train-file, such as dev-v1.1.json.",
      'ERR_NO_DATA',
    );
  }
  const heldOut = new Set(titles.filter((_, index) => index % every === every - 1));
  const isHeldOut = ({ title }: Example) => heldOut.has(title);
  return {
    training: examples.filter((example) => !isHeldOut(example)),
    heldOut: examples.filter(isHeldOut),
  };
}

export function titlesOf(examples: readonly Example[]): string[] {
  return [...new Set(examples.map(({ title }) => title))];
}

/** So many of the rows, at even distances: of all articles some. All of them where there are no more. */
export function spreadOver<T>(rows: readonly T[], count = rows.length): T[] {
  const taken = Math.min(count, rows.length);
  return Array.from({ length: taken }, (_, index) => rows[Math.floor((index * rows.length) / taken)]);
}
