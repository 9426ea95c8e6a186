import test from 'ava';
import { countOf } from '../src/counts.js';

test('of one there is one, of others so many, in thousands as people write them', (t) => {
  const wanted = ['0 windows', '1 window', '2 windows', '10,570 windows'];
  t.deepEqual(
    [0, 1, 2, 10_570].map((count) => countOf(count, 'window')),
    wanted,
  );
});
