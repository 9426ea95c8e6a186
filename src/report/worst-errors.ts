import type { Answer, Example } from '../data/examples.js';
import { scoreAnswer } from '../evaluate/answer-score.js';
import { html, type Html } from './html.js';
import type { RunFolder } from './run-folder.js';
import type { Markup } from './section.js';

interface WrongAnswer {
  readonly example: Example;
  readonly text: string;
  readonly probability: number;
}

/** The answers with no word right of which the run was surest. */
export function worstErrors(run: RunFolder, examples: readonly Example[], count: number): WrongAnswer[] {
  return examples
    .flatMap((example) => {
      const { text = '', probability = 0 } = run.answers.get(example.id) ?? {};
      return scoreAnswer(text, example.answers).f1 === 0 ? [{ example, text, probability }] : [];
    })
    .sort((a, b) => b.probability - a.probability)
    .slice(0, count);
}

type Kind = 'wrong' | 'wanted' | 'wrong wanted';

interface Place {
  readonly start: number;
  readonly end: number;
  readonly kind: Kind;
}

/** One of them: the question, what was answered and wanted, and both marked in the context. */
export function showError({ example, text, probability }: WrongAnswer): Markup {
  const wanted = example.answers[0] as Answer | undefined;
  const given = placesOf(text, example.context);
  const percent = `${(100 * probability).toFixed(1)} %`;
  const places = [
    ...(wanted === undefined
      ? []
      : [{ start: wanted.start, end: wanted.start + wanted.text.length, kind: 'wanted' as const }]),
    ...given.map((start) => ({ start, end: start + text.length, kind: 'wrong' as const })),
  ];
  const several =
    given.length > 1
      ? ` What was answered stands there ${given.length} times; which place was meant is not recorded.`
      : '';
  const [answered, right] = [text, wanted?.text].map(quoted);
  return {
    kind: 'markup',
    html: html`<article>
      <h3 dir="auto">${example.question}</h3>
      <p>
        Answered <bdi>${mark(answered, 'wrong')}</bdi> (${percent}), wanted
        <bdi>${mark(right, 'wanted')}</bdi>.${several}
      </p>
      <blockquote dir="auto">${highlight(example.context, places)}</blockquote>
    </article>`.source,
    text: `${example.question} Answered ${answered} (${percent}), wanted ${right}.${several}`,
  };
}

/**
 * Where a text stands in a context: predictions.json has no places. Where words are this text, parts of longer ones are not
 * meant.
 */
function placesOf(text: string, context: string): number[] {
  if (text === '') return [];
  const literal = text.replace(/[\\^$.*+?()[\]{}|/]/g, '\\$&');
  const find = (pattern: string) =>
    [...context.matchAll(new RegExp(pattern, 'gu'))].map(({ index }) => index);
  const words = find(`(?<![\\p{L}\\p{N}])${literal}(?![\\p{L}\\p{N}])`);
  return words.length > 0 ? words : find(literal);
}

function quoted(text: string | undefined): string {
  return text === undefined || text === '' ? 'no answer' : `“${text}”`;
}

/** Marked as in the context below it, so that the words say what the marks there mean. */
function mark(text: string, kind: Kind): Html {
  return html`<mark class="${kind}">${text}</mark>`;
}

/** A text with places marked; where they overlap, as both. */
function highlight(text: string, places: readonly Place[]): Html[] {
  const edges = [0, ...places.flatMap(({ start, end }) => [start, end]), text.length];
  const sorted = [...new Set(edges)].sort((a, b) => a - b);
  return sorted.slice(1).map((end, index) => {
    const part = text.slice(sorted[index], end);
    const over = places.filter((place) => place.start < end && sorted[index] < place.end);
    const [kind, other] = new Set(over.map((place) => place.kind));
    if (kind === undefined) return html`${part}`;
    return mark(part, other === undefined ? kind : 'wrong wanted');
  });
}
