// The list of answers: the best one and the runners-up, each a button that shows its place.
import { pressWhere } from './press.js';

const list = document.querySelector('#answers');

/** Lists answers, best first, with the first one chosen; `onChoose` gets the answer that the user turns to. */
export function showAnswers(answers, onChoose) {
  const items = answers.map((answer) => {
    const button = document.createElement('button');
    button.type = 'button';
    button.append(...describe(answer));
    button.addEventListener('click', () => {
      choose(button);
      onChoose(answer);
    });
    const item = document.createElement('li');
    item.append(button);
    return item;
  });
  list.replaceChildren(...items);
  if (items.length > 0) choose(items[0].firstChild);
}

function describe({ text, probability }) {
  const meter = document.createElement('meter');
  meter.value = probability;
  meter.setAttribute('aria-hidden', 'true');
  return [
    span('text', text === '' ? 'No answer in this passage' : text, 'auto'),
    span('share', percent(probability)),
    meter,
  ];
}

function choose(chosen) {
  pressWhere(list, (button) => button === chosen);
}

function span(className, text, dir = 'ltr') {
  const element = document.createElement('span');
  element.className = className;
  element.dir = dir;
  element.textContent = text;
  return element;
}

/** One decimal, and no 0.0 % or 100.0 % that is none. */
function percent(probability) {
  if (probability > 0 && probability < 0.0005) return '< 0.1 %';
  if (probability < 1 && probability >= 0.9995) return '> 99.9 %';
  return `${(100 * probability).toFixed(1)} %`;
}
