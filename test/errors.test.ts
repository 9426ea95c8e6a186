import test from 'ava';
import { messageOf } from '../src/errors.js';

test('a message fits into a sentence, whatever it quotes', (t) => {
  t.is(messageOf(new Error('Unexpected token "{\n  \u001b[31m\u0000"')), 'Unexpected token "{ [31m "');
  t.is(messageOf('a text'), 'a text');
  t.is(messageOf(undefined), 'undefined');
});
