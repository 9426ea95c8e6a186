import test from 'ava';
import { crossingsOf, tellCrossings } from '../../src/reproduce/crossings.js';

test('every turn of the order is found; to be level for a while is none', (t) => {
  const parabola = (n: number) => (n - 10.5) * (n - 300.5);
  const zero = () => 0;
  t.deepEqual(crossingsOf(parabola, zero, 4096), [11, 301]);
  t.deepEqual(crossingsOf(parabola, zero, 300), [11]);
  t.deepEqual(crossingsOf(zero, zero, 100), []);
  t.deepEqual(
    crossingsOf((n) => Math.max(0, n - 50), zero, 100),
    [],
  );
});

test('the sentence says which is faster below, between and above', (t) => {
  const faster = (n: number) => (n >= 11 && n < 3001 ? 'Transformer' : 'LSTM');
  t.is(
    tellCrossings([11, 3001], 4096, faster),
    'The fitted curves cross at 11 and 3,001 positions: the LSTM is faster below, the Transformer up to 3,001, the LSTM above.',
  );
  t.is(
    tellCrossings([11], 2000, faster),
    'The fitted curves cross at 11 positions: the LSTM is faster below, the Transformer above.',
  );
  t.is(tellCrossings([], 4096, faster), 'Up to 4,096 positions the two fitted curves do not cross.');
});
