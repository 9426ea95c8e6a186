// The page: takes a passage and a question, asks the server, and shows what came. Every text that comes from a user or
// from the server is set as text, never as markup.
import { showAnswers } from './answers.js';
import { forgetExample, markSuggestion, offerExamples } from './examples.js';
import { markAnswer, onEdit, readPassage, writePassage } from './passage.js';
import { hideStrip, markInStrip, showStrip } from './strip.js';

const form = document.querySelector('#ask');
const question = document.querySelector('#question');
const context = document.querySelector('#context');
const result = document.querySelector('#result');
const status = document.querySelector('#status');
const error = document.querySelector('#error');

/** Characters of the longest passage for which the server gives every token's scores. */
const longestWithScores = 10_000;
const answersShown = 5;

let running = new AbortController();

/** Sends a question, giving up the one before, and shows its answers or what is wrong. */
async function ask() {
  running.abort();
  running = new AbortController();
  const { signal } = running;
  document.body.setAttribute('aria-busy', 'true');
  error.hidden = true;
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
  document.body.removeAttribute('aria-busy');
}

function hideResult() {
  result.hidden = true;
  hideStrip();
}

async function send(asked, signal) {
  if (asked.context.trim() === '') throw new Error('Paste a passage first.');
  if (asked.question.trim() === '') throw new Error('Type a question first.');
  const response = await fetch('answer', {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({
      ...asked,
      topK: answersShown,
      scores: asked.context.length <= longestWithScores,
    }),
    signal,
  });
  const body = await response.json();
  if (!response.ok) throw new Error(body.message);
  return body;
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
  hideResult();
  forgetExample();
});
void offerExamples((passage, asked) => {
  writePassage(passage);
  question.value = asked;
  void ask();
});
