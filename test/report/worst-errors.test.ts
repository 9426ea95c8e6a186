import test from 'ava';
import type { Example } from '../../src/data/examples.js';
import type { RunFolder } from '../../src/report/run-folder.js';
import { showError, worstErrors } from '../../src/report/worst-errors.js';

const example = (id: string, context: string, text: string): Example => ({
  id,
  title: '',
  question: `Who is <${id}>?`,
  context,
  answers: [{ text, start: context.indexOf(text) }],
});
const examples = [
  example('right', 'Ada built it.', 'Ada'),
  example('half', 'Ada Holmson built it.', 'Ada Holmson'),
  example('wrong', 'Ada <b>built</b> it for Bo\u0007.', 'Bo'),
  example('surer', 'Ada built it for Bo.', 'Bo'),
];
const run: RunFolder = {
  name: 'run',
  losses: [],
  evaluations: [],
  flags: {},
  trainResults: {},
  evalResults: {},
  answers: new Map([
    ['right', { text: 'Ada', probability: 1 }],
    ['half', { text: 'Ada', probability: 1 }],
    ['wrong', { text: '<b>built</b>', probability: 0.4 }],
    ['surer', { text: 'Ada', probability: 0.9 }],
  ]),
};

test('the surest answers with no word right come first', (t) => {
  t.deepEqual(
    worstErrors(run, examples, 5).map((error) => error.example.id),
    ['surer', 'wrong'],
  );
  t.is(worstErrors(run, examples, 1).length, 1);
});

test('both answers are marked in the context, and nothing of it is markup', (t) => {
  const [, wrong] = worstErrors(run, examples, 2);
  const { html, text } = showError(wrong);
  t.true(html.includes('<mark class="wrong" title="answer given">&lt;b&gt;built&lt;/b&gt;</mark>'));
  t.true(html.includes('<mark title="answer wanted">Bo</mark>␇.'));
  t.true(html.includes('Who is &lt;wrong&gt;?'));
  t.is(text, 'Who is <wrong>? — answered “<b>built</b>” (40.0 %), wanted “Bo”');
});
