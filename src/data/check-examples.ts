import type { ExampleFile } from './example-collector.js';
import type { Example } from './examples.js';
import { Findings, type Finding } from './findings.js';
import type { FeatureOptions } from './features.js';
import { checkWindows } from './check-windows.js';
import type { BertTokenizer } from './tokenizer.js';

export interface CheckOptions extends FeatureOptions {
  /** Tokens of the longest answer that evaluation gives. */
  readonly maxAnswerLength: number;
  readonly version2WithNegative: boolean;
}

/** The least, the middle and the most of some lengths. */
export interface Spread {
  readonly least: number;
  readonly median: number;
  readonly most: number;
}

export interface CheckReport {
  readonly questions: number;
  readonly unanswerable: number;
  readonly contexts: number;
  /** In UTF-16 units; of answers the first of each question. */
  readonly characters: Lengths;
  /** In tokens, with how many windows there are in all and for a question; undefined without a tokenizer. */
  readonly tokens: Lengths | undefined;
  readonly windows: (Spread & { readonly total: number }) | undefined;
  readonly findings: readonly Finding[];
}

/** Undefined where there is nothing to measure. */
export interface Lengths {
  readonly contexts: Spread | undefined;
  readonly questions: Spread | undefined;
  readonly answers: Spread | undefined;
}

/** Looks for what would make training on these questions fail or go wrong. Without a tokenizer windows are left out. */
export function checkExamples(
  file: ExampleFile,
  tokenizer: BertTokenizer | undefined,
  options: CheckOptions,
): CheckReport {
  const { examples, misplaced, duplicates } = file;
  const findings = new Findings();
  for (const id of new Set(duplicates)) findings.add('duplicateIds', id);
  for (const id of misplaced) findings.add('misplacedAnswers', id);
  const asked = new Map<string, Set<string>>();
  for (const example of examples) checkTexts(example, asked, findings);
  const unanswerable = examples.filter(({ answers }) => answers.length === 0);
  if (!options.version2WithNegative) {
    for (const { id } of unanswerable) findings.add('unanswerable', id);
  }
  if (tokenizer !== undefined) checkCase(examples, tokenizer, findings);

  const contexts = [...asked.keys()];
  const windows = tokenizer === undefined ? undefined : checkWindows(examples, tokenizer, options, findings);
  return {
    questions: examples.length,
    unanswerable: unanswerable.length,
    contexts: contexts.length,
    characters: {
      contexts: spread(contexts.map(({ length }) => length)),
      questions: spread(examples.map(({ question }) => question.length)),
      answers: spread(
        examples.flatMap(({ answers: [first] }) => (first === undefined ? [] : [first.text.length])),
      ),
    },
    tokens: windows && {
      contexts: spread(windows.contextTokens),
      questions: spread(windows.questionTokens),
      answers: spread(windows.answerTokens),
    },
    windows: windows && total(windows.counts),
    findings: findings.list(),
  };
}

/** @param asked the questions before, by their context: to join the two would copy a long text for each of its questions */
function checkTexts(
  { id, question, context, answers }: Example,
  asked: Map<string, Set<string>>,
  findings: Findings,
): void {
  if (context.trim() === '') findings.add('emptyContexts', id);
  if (question.trim() === '') findings.add('emptyQuestions', id);
  if (answers.some(({ text }) => text.trim() === '')) findings.add('emptyAnswers', id);
  const questions = asked.get(context) ?? new Set();
  if (questions.has(question)) findings.add('duplicateQuestions', id);
  asked.set(context, questions.add(question));
}

const capital = /\p{Lu}/u;
/** An uncased vocabulary has other alphabets' capitals, in symbols such as 𝐀, but no word of these. */
const casedToken = /^(?!\[.*\]$).*[A-Z]/;

/** Capitals must be in the vocabulary or lowered, not both. */
function checkCase(examples: readonly Example[], tokenizer: BertTokenizer, findings: Findings): void {
  const { lowercase } = tokenizer.options;
  const isCased = tokenizer.vocabulary.some((token) => casedToken.test(token));
  if (isCased && !lowercase) return;
  const kind = isCased ? 'lostCapitals' : lowercase ? 'loweredCapitals' : 'unknownCapitals';
  for (const { id, context, question } of examples) {
    if (capital.test(context) || capital.test(question)) findings.add(kind, id);
  }
}

function spread(values: readonly number[]): Spread | undefined {
  const sorted = Float64Array.from(values).sort();
  if (sorted.length === 0) return undefined;
  return { least: sorted[0], median: sorted[sorted.length >> 1], most: sorted[sorted.length - 1] };
}

function total(counts: readonly number[]): CheckReport['windows'] {
  const each = spread(counts);
  return each && { total: counts.reduce((sum, count) => sum + count, 0), ...each };
}
