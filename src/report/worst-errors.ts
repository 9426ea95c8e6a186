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

interface Place {
  readonly start: number;
  readonly end: number;
  readonly wrong: boolean;
}

/** One of them: the question, what was answered and wanted, and both marked in the context. */
export function showError({ example, text, probability }: WrongAnswer): Markup {
  const wanted = example.answers[0] as Answer | undefined;
  const given = text === '' ? -1 : example.context.indexOf(text);
  const percent = `${(100 * probability).toFixed(1)} %`;
  const places = [
    ...(wanted === undefined
      ? []
      : [{ start: wanted.start, end: wanted.start + wanted.text.length, wrong: false }]),
    ...(given < 0 ? [] : [{ start: given, end: given + text.length, wrong: true }]),
  ];
  const [answered, right] = [text, wanted?.text].map(quoted);
  return {
    kind: 'markup',
    html: html`<article>
      <h3>${example.question}</h3>
      <p>Answered ${mark(answered, true)} (${percent}), wanted ${mark(right, false)}.</p>
      <blockquote>${highlight(example.context, places)}</blockquote>
    </article>`.source,
    text: `${example.question} Answered ${answered} (${percent}), wanted ${right}.`,
  };
}

function quoted(text: string | undefined): string {
  return text === undefined || text === '' ? 'no answer' : `“${text}”`;
}

/** Marked as in the context below it, so that the words say what the marks there mean. */
function mark(text: string, wrong: boolean): Html {
  return wrong ? html`<mark class="wrong">${text}</mark>` : html`<mark>${text}</mark>`;
}

/** A text with places marked; of places that overlap, the first. */
function highlight(text: string, places: readonly Place[]): Html[] {
  const parts: Html[] = [];
  let at = 0;
  for (const { start, end, wrong } of [...places].sort((a, b) => a.start - b.start)) {
    if (start < at) continue;
    parts.push(html`${text.slice(at, start)}`);
    parts.push(mark(text.slice(start, end), wrong));
    at = end;
  }
  return [...parts, html`${text.slice(at)}`];
}
