import test from 'ava';
import { excerptOf, messageOf } from '../src/errors.js';

test('a message fits into a sentence, whatever it quotes', (t) => {
  t.is(messageOf(new Error('Unexpected token "{\n  \u001b[31m\u0000"')), 'Unexpected token "{ [31m "');
  t.is(messageOf('a text'), 'a text');
  t.is(messageOf(undefined), 'undefined');
});

test('of a long text a sentence quotes the beginning, and shows that there is more', (t) => {
  t.is(excerptOf('a'.repeat(60)), 'a'.repeat(60));
  t.is(excerptOf('a'.repeat(61)), `${'a'.repeat(60)}…`);
  t.is(excerptOf(`${'a'.repeat(59)}🌳 tree`), `${'a'.repeat(59)}…`);
});
