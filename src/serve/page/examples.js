// The bundled examples: a button each, which brings its passage, and its questions as suggestions.
import { pressWhere } from './press.js';

const nav = document.querySelector('#examples');
const suggestions = document.querySelector('#suggestions');

/** Fetches the examples; `onExample` gets the passage and the question that the user chose. */
export async function offerExamples(onExample) {
  const response = await fetch('examples');
  if (!response.ok) return;
  const examples = await response.json();
  nav.replaceChildren(
    ...examples.map(({ title, context, questions }) =>
      quietButton(title, ({ currentTarget }) => {
        pressWhere(nav, (button) => button === currentTarget);
        suggestions.replaceChildren(
          ...questions.map((question) => quietButton(question, () => onExample(context, question))),
        );
        onExample(context, questions[0]);
      }),
    ),
  );
}

/** Shows which of the suggestions was asked, if one was. */
export function markSuggestion(asked) {
  pressWhere(suggestions, ({ textContent }) => textContent === asked);
}

/** Takes the suggestions away, whose passage is no longer the one that is shown. */
export function forgetExample() {
  pressWhere(nav, () => false);
  suggestions.replaceChildren();
}

function quietButton(text, onClick) {
  const button = document.createElement('button');
  button.type = 'button';
  button.className = 'quiet';
  button.textContent = text;
  button.addEventListener('click', onClick);
  return button;
}
