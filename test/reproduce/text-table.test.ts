import test from 'ava';
import { textTable } from '../../src/reproduce/text-table.js';

test('words stand to the left, figures to the right', (t) => {
  const table = textTable(
    ['figure', 'here'],
    [
      ['steps', '7,377'],
      ['EM', '60.00'],
      ['minutes', ''],
    ],
  );
  t.deepEqual(table.split('\n'), [
    'figure    here',
    '-------  -----',
    'steps    7,377',
    'EM       60.00',
    'minutes',
  ]);
});
