import { QaError } from '../errors.js';
import { skipCodePoints } from './code-points.js';
import type { Example, Feature } from './examples.js';
import { prepareFeatures, type FeatureOptions } from './features.js';
import type { Findings } from './findings.js';
import type { BertTokenizer } from './tokenizer.js';

/** A number for each question that has windows; of answers, for each that is whole in one. */
export interface WindowCounts {
  readonly counts: readonly number[];
  readonly contextTokens: readonly number[];
  readonly questionTokens: readonly number[];
  readonly answerTokens: readonly number[];
}

interface Options extends FeatureOptions {
  readonly maxAnswerLength: number;
}

/** Cuts the windows that training would, and looks at what becomes of each question and its first answer. */
export function checkWindows(
  examples: readonly Example[],
  tokenizer: BertTokenizer,
  options: Options,
  findings: Findings,
): WindowCounts {
  const counts = { counts: [], contextTokens: [], questionTokens: [], answerTokens: [] } as {
    [name in keyof WindowCounts]: number[];
  };
  for (const group of byContext(examples)) {
    for (const [example, features] of windowsOf(group, tokenizer, options)) {
      if (features === undefined) {
        findings.add('noRoom', example.id);
        continue;
      }
      const tokens = features.reduce((sum, { offsets }) => sum + offsets.length / 2, 0);
      counts.counts.push(features.length);
      counts.contextTokens.push(tokens - options.docStride * (features.length - 1));
      counts.questionTokens.push(features[0].contextStart - 2);
      if (example.answers.length === 0) continue;
      const length = answerLength(example, features);
      if (length === undefined) findings.add('cutAnswers', example.id);
      else counts.answerTokens.push(length);
      if ((length ?? 0) > options.maxAnswerLength) findings.add('longAnswers', example.id);
    }
  }
  return counts;
}

/** Runs of questions about one context: its windows are cut from one encoding. */
function* byContext(examples: readonly Example[]): Generator<readonly Example[]> {
  let first = 0;
  for (let next = 1; next <= examples.length; next++) {
    if (next < examples.length && examples[next].context === examples[first].context) continue;
    yield examples.slice(first, next);
    first = next;
  }
}

/**
 * Each question's windows; undefined where it leaves no room for any. Such a one is looked for by halves: there may be
 * thousands of questions about one long text, which is encoded anew for each group.
 */
function windowsOf(
  group: readonly Example[],
  tokenizer: BertTokenizer,
  options: FeatureOptions,
): (readonly [Example, Feature[] | undefined])[] {
  try {
    const windows = group.map((example) => [example, [] as Feature[]] as const);
    for (const feature of prepareFeatures(group, tokenizer, options)) {
      windows[feature.exampleIndex][1].push(feature);
    }
    return windows;
  } catch (error) {
    if (!(error instanceof QaError) || error.code !== 'ERR_QUESTION_TOO_LONG') throw error;
    if (group.length === 1) return [[group[0], undefined]];
    const middle = group.length >> 1;
    const halves = [group.slice(0, middle), group.slice(middle)];
    return halves.flatMap((half) => windowsOf(half, tokenizer, options));
  }
}

/** Tokens of the first answer, in the first window that holds all of it; undefined where none does. */
function answerLength(
  { context, answers: [answer] }: Example,
  features: readonly Feature[],
): number | undefined {
  const end = skipCodePoints(context, answer.start, answer.text);
  const whole = features.find(
    ({ offsets }) => offsets.length > 0 && offsets[0] <= answer.start && offsets[offsets.length - 1] >= end,
  );
  if (whole === undefined) return undefined;
  let length = 0;
  for (let at = 0; at < whole.offsets.length; at += 2) {
    if (whole.offsets[at + 1] > answer.start && whole.offsets[at] < end) length += 1;
  }
  return length;
}
