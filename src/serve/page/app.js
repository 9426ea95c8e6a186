// The page: takes a passage and a question, asks the server, and shows what came. Every text that comes from a user or
// from the server is set as text, never as markup.
import { showAnswers } from './answers.js';
import { forgetExample, markSuggestion, offerExamples } from './examples.js';
import { markAnswer, onEdit, readPassage, unmarkAnswer, writePassage } from './passage.js';
import { hideStrip, markInStrip, showStrip } from './strip.js';

const form = document.querySelector('#ask');
const question = document.querySelector('#question');
const context = document.querySelector('#context');
const result = document.querySelector('#result');
const status = document.querySelector('#status');
const error = document.querySelector('#error');
const tooLong = document.querySelector('#too-long');
/** What is busy until the answer comes; never the whole page: of a status within it screen readers would say nothing. */
const brought = document.querySelectorAll('#result, #scores');

/** Characters of the longest passage for which the server gives every token's scores. */
const longestWithScores = 10_000;
const answersShown = 5;
/** Milliseconds after which an answer is one that is waited for. */
const patience = 300;

let running = new AbortController();
let waiting;

/** Sends a question, giving up the one before, and shows its answers or what is wrong. */
async function ask() {
  giveUp();
  const { signal } = running;
  setBusy(true);
  waiting = setTimeout(() => (status.textContent = 'Reading …'), patience);
  try {
    const passage = readPassage();
    markSuggestion(question.value);
    const began = performance.now();
    const reading = await send({ question: question.value, context: passage }, signal);
    show(passage, reading, performance.now() - began);
  } catch (problem) {
    if (signal.aborted) return;
    hideResult();
    error.textContent = problem.message;
    error.hidden = false;
  }
  endWaiting();
}

/** Wants no answer any more to what was asked last. */
function giveUp() {
  running.abort();
  running = new AbortController();
  endWaiting();
  error.hidden = true;
}

function endWaiting() {
  clearTimeout(waiting);
  setBusy(false);
}

function setBusy(isBusy) {
  for (const part of brought) part.setAttribute('aria-busy', String(isBusy));
}

function hideResult() {
  status.textContent = '';
  result.hidden = true;
  unmarkAnswer();
  hideStrip();
}

async function send(asked, signal) {
  if (asked.context.trim() === '') throw new Error('Paste a passage first.');
  if (asked.question.trim() === '') throw new Error('Type a question first.');
  const scores = asked.context.length <= longestWithScores;
  const response = await fetch('answer', {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({ ...asked, topK: answersShown, scores }),
    signal,
  }).catch(() => {
    throw new Error('The server does not answer. See whether it still runs, and ask again.');
  });
  // What stands between the page and its server may answer with a page of its own.
  const body = await response.json().catch(() => ({}));
  if (response.ok && body.answers !== undefined) return body;
  throw new Error(
    body.message ?? `The server answered with no answer, but status ${response.status}. Ask again.`,
  );
}

function show(passage, { answers, windows, timings, scores }, milliseconds) {
  const choose = (answer) => {
    markAnswer(answer);
    markInStrip(answer);
  };
  result.hidden = false;
  const heard = document.createElement('span');
  heard.className = 'unseen';
  heard.textContent = `Answer: ${answers[0].text || 'none'}. `;
  status.replaceChildren(
    heard,
    `${milliseconds.toFixed(0)} ms, of which ${timings.computed.toFixed(0)} ms to read ` +
      (windows === 1 ? 'one window' : `${windows} windows`),
  );
  showStrip(passage, scores);
  tooLong.hidden = passage.length <= longestWithScores;
  showAnswers(answers, choose);
  choose(answers[0]);
}

form.addEventListener('submit', (event) => {
  event.preventDefault();
  void ask();
});
context.addEventListener('keydown', (event) => {
  if (event.key === 'Enter' && (event.ctrlKey || event.metaKey)) void ask();
});
onEdit(() => {
  giveUp();
  hideResult();
  forgetExample();
});
void offerExamples((passage, asked) => {
  writePassage(passage);
  question.value = asked;
  void ask();
});
