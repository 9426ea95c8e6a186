import { stripVTControlCharacters } from 'node:util';
import test from 'ava';
import { showAnswer } from '../../src/cli/show-answer.js';

const answerAt = (context: string, text: string) => {
  const start = context.indexOf(text);
  return { text, start, end: start + text.length, score: 1, probability: 0.5 };
};

test('without colours: text, place, probability', (t) => {
  const context = 'Ada founded it.';
  t.is(showAnswer(answerAt(context, 'Ada'), context, false), 'Ada  [0, 3)  50.0 %');
});

test('with colours the answer is marked where it stands, in a part of a long context', (t) => {
  const context = `${'before '.repeat(50)}Ada\nHolmson${' after'.repeat(50)}`;
  const shown = showAnswer(answerAt(context, 'Ada\nHolmson'), context, true);
  t.regex(stripVTControlCharacters(shown), /^…[ before]{80,90}Ada Holmson[ after]{80,90}…\n/);
  t.true(shown.includes('\u001b[1;7mAda Holmson\u001b[0m'));
});

test('a context cannot write control codes to the terminal, and no pair of surrogates is cut', (t) => {
  const context = `${'😀'.repeat(60)}\u001b[2J\u0007\u202e Ada \u009b31m${'😀'.repeat(60)}`;
  for (const text of ['Ada', context]) {
    for (const colours of [true, false]) {
      const own = ['1;7', '2', '0'].map((code) => `\u001b[${code}m`);
      const shown = showAnswer(answerAt(context, text), context, colours);
      const foreign = own.reduce((rest, code) => rest.replaceAll(code, ''), shown);
      t.notRegex(foreign.replaceAll('\n', ''), /[\p{Cc}\p{Cs}\u202e]/u);
    }
  }
});

test('no answer says so', (t) => {
  const none = { text: '', start: 0, end: 0, score: 0, probability: 1 };
  t.is(showAnswer(none, '', false), '(no answer)  [0, 0)  100.0 %');
});
