import test from 'ava';
import { rank } from '../../src/report/ranking.js';

test('names stand from the highest figure down', (t) => {
  const scores = [
    { name: 'a', value: 1 },
    { name: 'b', value: 3 },
    { name: 'c', value: 2 },
  ];
  t.is(rank(scores), 'b before c before a');
  t.is(rank(scores.slice(0, 1)), 'a');
});

test('what is shown as the same is level', (t) => {
  const scores = [
    { name: 'a', value: 8.681 },
    { name: 'b', value: 8.684 },
    { name: 'c', value: 8.6 },
    { name: 'd', value: 8.6 },
  ];
  t.is(rank(scores), 'b level with a before c level with d');
});
