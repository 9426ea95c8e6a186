import type { Example } from '../data/examples.js';
import { scoreAnswer } from './answer-score.js';
import { predictionOf, type Predictions } from './metrics.js';

/** The scores of some of the questions. */
export interface Slice {
  readonly name: string;
  readonly questions: number;
  /** In percent. */
  readonly exactMatch: number;
  readonly f1: number;
}

/** A way to tell questions apart, with the names of the groups in their order. */
export interface Grouping {
  readonly title: string;
  readonly names: readonly string[];
  readonly groupOf: (example: Example) => string;
}

/** EM and F1 of each group that has a question; over all groups they average to those of the whole. */
export function breakDown(
  predictions: Predictions,
  examples: readonly Example[],
  { names, groupOf }: Grouping,
): Slice[] {
  const sums = new Map(names.map((name) => [name, { questions: 0, exactMatch: 0, f1: 0 }]));
  for (const example of examples) {
    const sum = sums.get(groupOf(example));
    if (sum === undefined) continue;
    const { exactMatch, f1 } = scoreAnswer(predictionOf(predictions, example.id) ?? '', example.answers);
    sum.questions += 1;
    sum.exactMatch += exactMatch;
    sum.f1 += f1;
  }
  return [...sums]
    .filter(([, { questions }]) => questions > 0)
    .map(([name, { questions, exactMatch, f1 }]) => ({
      name,
      questions,
      exactMatch: (100 * exactMatch) / questions,
      f1: (100 * f1) / questions,
    }));
}

const questionWords = ['what', 'who', 'how', 'when', 'which', 'where', 'why'] as const;

/** By the first question word, wherever it stands; `whom` and `whose` are `who`. */
export const byQuestionWord: Grouping = {
  title: 'question word',
  names: [...questionWords, 'other'],
  groupOf: ({ question }) => {
    const found = /\b(what|who|whom|whose|how|when|which|where|why)\b/i.exec(question)?.[1]?.toLowerCase();
    return found === undefined ? 'other' : found.startsWith('who') ? 'who' : found;
  },
};

/** By the words of the first accepted answer; 0 where a question has none. */
export const byAnswerLength: Grouping = binned(
  'words of the answer',
  [0, 1, 2, 3, 5, 9],
  ({ answers: [first] }) => countWords(first?.text ?? ''),
);

/** By the words of the context. */
export const byContextLength: Grouping = binned(
  'words of the context',
  [0, 75, 100, 125, 150, 200],
  (example) => countWords(example.context),
);

export const groupings: readonly Grouping[] = [byQuestionWord, byAnswerLength, byContextLength];

function countWords(text: string): number {
  return text.match(/\S+/g)?.length ?? 0;
}

/** Groups that begin at each of `starts`: `3 to 4` up to the next, `9 and more` at the end. */
function binned(title: string, starts: readonly number[], measure: (example: Example) => number): Grouping {
  const names = starts.map((start, index) => {
    const next = starts[index + 1];
    if (next === undefined) return `${start} and more`;
    return next - start === 1 ? `${start}` : `${start} to ${next - 1}`;
  });
  const groupOf = (example: Example) => {
    const value = measure(example);
    const index = starts.findLastIndex((start) => start <= value);
    return names[Math.max(0, index)];
  };
  return { title, names, groupOf };
}
