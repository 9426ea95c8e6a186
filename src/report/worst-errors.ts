import type { Example } from '../data/examples.js';
import { f1Score, metricMaxOverGroundTruths } from '../evaluate/metrics.js';
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
      const texts = example.answers.map((answer) => answer.text);
      const isWrong = texts.length > 0 && metricMaxOverGroundTruths(f1Score, text, texts) === 0;
      return isWrong ? [{ example, text, probability }] : [];
    })
    .sort((a, b) => b.probability - a.probability)
    .slice(0, count);
}

/** One of them: the question, the context with both answers marked, and what they were. */
export function showError({ example, text, probability }: WrongAnswer): Markup {
  const [wanted] = example.answers;
  const given = text === '' ? -1 : example.context.indexOf(text);
  const said = `answered “${text}” (${(100 * probability).toFixed(1)} %), wanted “${wanted.text}”`;
  const marks = [
    { start: wanted.start, end: wanted.start + wanted.text.length, wrong: false },
    ...(given < 0 ? [] : [{ start: given, end: given + text.length, wrong: true }]),
  ];
  return {
    kind: 'markup',
    html: html`<article>
      <h3>${example.question}</h3>
      <p>${said}</p>
      <blockquote>${highlight(example.context, marks)}</blockquote>
    </article>`.source,
    text: `${example.question} — ${said}`,
  };
}

/** A text with places marked; of places that overlap, the first. */
function highlight(
  text: string,
  places: readonly { readonly start: number; readonly end: number; readonly wrong: boolean }[],
): Html[] {
  const parts: Html[] = [];
  let at = 0;
  for (const { start, end, wrong } of [...places].sort((a, b) => a.start - b.start)) {
    if (start < at) continue;
    parts.push(html`${text.slice(at, start)}`);
    parts.push(
      wrong
        ? html`<mark class="wrong" title="answer given">${text.slice(start, end)}</mark>`
        : html`<mark title="answer wanted">${text.slice(start, end)}</mark>`,
    );
    at = end;
  }
  return [...parts, html`${text.slice(at)}`];
}
