// The strip: for each token of the passage a bar up for its score to start the answer, and one down for its score to end
// it. The arrow keys and the pointer go from token to token.

const strip = document.querySelector('#strip');
const canvas = strip.querySelector('canvas');
const readout = document.querySelector('#readout');
const section = document.querySelector('#scores');

/** Pixels of the two small triangles that point at a token, above and below. */
const pointer = 5;

/** What is shown, or null: the text, its tokens' scores, the chosen answer, and the token that is pointed at. */
let shown = null;

/** Takes the strip away. */
export function hideStrip() {
  section.hidden = true;
  shown = null;
}

/** Shows the scores that the server gave; without scores, hides the strip. */
export function showStrip(text, scores) {
  hideStrip();
  if (scores === undefined || scores.startLogits.length === 0) return;
  section.hidden = false;
  const { offsets, startLogits, endLogits } = scores;
  const tokens = startLogits.map((startLogit, index) => ({
    start: offsets[2 * index],
    end: offsets[2 * index + 1],
    startLogit,
    endLogit: endLogits[index],
  }));
  shown = { text, scores, tokens, answer: { start: 0, end: 0 }, token: 0 };
  strip.setAttribute('aria-valuemax', String(tokens.length));
}

/** Marks an answer in the strip, and points at its first token. */
export function markInStrip(answer) {
  if (shown === null) return;
  shown.answer = answer;
  const first = shown.tokens.findIndex((token) => token.end > answer.start);
  pointAt(Math.max(0, first));
}

function pointAt(index) {
  shown.token = Math.min(Math.max(index, 0), shown.tokens.length - 1);
  const { start, end, startLogit, endLogit } = shown.tokens[shown.token];
  const text = shown.text.slice(start, end);
  const numbers = [`start ${startLogit.toFixed(2)}`, `end ${endLogit.toFixed(2)}`];
  strip.setAttribute('aria-valuenow', String(shown.token + 1));
  strip.setAttribute('aria-valuetext', [text, ...numbers].join(', '));
  // Which way the token is read is its own matter: the line stays where it is.
  const quoted = document.createElement('bdi');
  quoted.textContent = `“${text}”`;
  readout.replaceChildren(
    quoted,
    '  ',
    ...['start', 'end'].map((name, place) => {
      const element = document.createElement('span');
      element.className = name;
      element.textContent = `${numbers[place]}  `;
      return element;
    }),
  );
  draw();
}

/** Maps a list of logits to [0, 1]. */
function scaled(logits) {
  const least = Math.min(...logits);
  const span = Math.max(...logits) - least || 1;
  return logits.map((logit) => (logit - least) / span);
}

function draw() {
  if (shown === null) return;
  const { clientWidth: width, clientHeight: height } = canvas;
  const ratio = window.devicePixelRatio;
  canvas.width = Math.round(width * ratio);
  canvas.height = Math.round(height * ratio);
  const pen = canvas.getContext('2d');
  pen.scale(ratio, ratio);
  const style = getComputedStyle(document.documentElement);
  const colour = (name) => style.getPropertyValue(name);
  const step = width / shown.tokens.length;
  const bar = Math.max(step * 0.7, 0.75);
  const middle = height / 2;

  const { answer } = shown;
  pen.fillStyle = colour('--mark');
  shown.tokens.forEach(({ start, end }, index) => {
    if (start >= answer.start && end <= answer.end) pen.fillRect(index * step, 0, step + 0.5, height);
  });
  for (const [name, logits, direction] of [
    ['--start', shown.scores.startLogits, -1],
    ['--end', shown.scores.endLogits, 1],
  ]) {
    pen.fillStyle = colour(name);
    scaled(logits).forEach((score, index) => {
      pen.fillRect(
        (index + 0.5) * step - bar / 2,
        middle,
        bar,
        direction * Math.max(0.5, score * (middle - 2 * pointer)),
      );
    });
  }
  pen.fillStyle = colour('--ink');
  const at = (shown.token + 0.5) * step;
  for (const [tip, base] of [
    [pointer, 0],
    [height - pointer, height],
  ]) {
    pen.beginPath();
    pen.moveTo(at, tip);
    pen.lineTo(at - pointer, base);
    pen.lineTo(at + pointer, base);
    pen.fill();
  }
}

const keys = {
  ArrowRight: (token) => token + 1,
  ArrowUp: (token) => token + 1,
  ArrowLeft: (token) => token - 1,
  ArrowDown: (token) => token - 1,
  PageUp: (token) => token + 10,
  PageDown: (token) => token - 10,
  Home: () => 0,
  End: () => Infinity,
};

strip.addEventListener('keydown', (event) => {
  const move = keys[event.key];
  if (shown === null || move === undefined) return;
  event.preventDefault();
  pointAt(move(shown.token));
});
for (const type of ['pointermove', 'pointerdown']) {
  strip.addEventListener(type, (event) => {
    if (shown === null) return;
    const { left, width } = canvas.getBoundingClientRect();
    pointAt(Math.floor(((event.clientX - left) / width) * shown.tokens.length));
  });
}
new ResizeObserver(draw).observe(canvas);
matchMedia('(prefers-color-scheme: dark)').addEventListener('change', draw);
