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
  t.true(html.includes('<mark class="wrong">&lt;b&gt;built&lt;/b&gt;</mark> it'));
  t.true(html.includes('<mark class="wanted">Bo</mark>␇.'));
  t.true(html.includes('Who is &lt;wrong&gt;?'));
  t.is(text, 'Who is <wrong>? Answered “<b>built</b>” (40.0 %), wanted “Bo”.');
});

test('where both answers share a place, it is marked as both', (t) => {
  const asked = [example('part', 'About 5300 live there.', '5300')];
  const answers = new Map([['part', { text: '530', probability: 1 }]]);
  const [error] = worstErrors({ ...run, answers }, asked, 1);
  t.true(
    showError(error).html.includes(
      'About <mark class="wrong wanted">530</mark><mark class="wanted">0</mark> live there.',
    ),
  );
});

test('an answer that stands in several places is marked in each, as nobody noted which was meant', (t) => {
  const asked = [example('often', 'The city (+1) is a city, no citystate (+1).', 'citystate')];
  const errorOf = (text: string) =>
    showError(worstErrors({ ...run, answers: new Map([['often', { text, probability: 1 }]]) }, asked, 1)[0]);
  const { html, text } = errorOf('city');
  t.true(html.includes('The <mark class="wrong">city</mark> (+1) is a <mark class="wrong">city</mark>, no'));
  // Within another word it is not what was meant.
  t.true(html.includes('no <mark class="wanted">citystate</mark> (+1).'));
  t.regex(
    text,
    /wanted “citystate”\. What was answered stands there 2 times; which place was meant is not recorded\.$/,
  );
  t.is(errorOf('(+1)').html.split('<mark class="wrong">(+1)</mark>').length - 1, 2);
  t.false(errorOf('is a').text.includes('stands there'));
});

test('what is read from the right has its own direction, and turns nothing around it', (t) => {
  const asked = [example('rtl', 'ירושלים היא הבירה', 'הבירה')];
  const answers = new Map([['rtl', { text: 'ירושלים', probability: 0.057 }]]);
  const { html } = showError(worstErrors({ ...run, answers }, asked, 1)[0]);
  t.regex(html, /<h3 dir="auto">/);
  t.regex(html, /<blockquote dir="auto">/);
  t.regex(html, /Answered <bdi><mark class="wrong">“ירושלים”<\/mark><\/bdi> \(5\.7 %\), wanted\s+<bdi>/);
});

test('where no answer was wanted, any is wrong; where one was, none is', (t) => {
  const unanswerable = { ...example('none', 'Ada built it.', 'Ada'), answers: [] };
  const asked = [unanswerable, { ...unanswerable, id: 'good' }, example('empty', 'Ada built it.', 'Ada')];
  const answers = new Map([
    ['none', { text: 'Ada', probability: 0.7 }],
    ['good', { text: '', probability: 1 }],
    ['empty', { text: '', probability: 0.6 }],
  ]);
  t.deepEqual(
    worstErrors({ ...run, answers }, asked, 5).map((error) => showError(error).text),
    [
      'Who is <none>? Answered “Ada” (70.0 %), wanted no answer.',
      'Who is <empty>? Answered no answer (60.0 %), wanted “Ada”.',
    ],
  );
});
