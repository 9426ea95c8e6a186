import test from 'ava';
import { nameRuns } from '../../src/report/run-names.js';

test('a run has the name of its folder, and those of one name as much of the way as tells them apart', (t) => {
  t.deepEqual(nameRuns(['runs/a', 'runs/b/']), ['a', 'b']);
  t.deepEqual(nameRuns(['runs/a', 'runs/b', 'other/b']), ['a', 'runs/b', 'other/b']);
  t.deepEqual(nameRuns(['/x/1/runs/b', '/x/2/runs/b']), ['1/runs/b', '2/runs/b']);
  t.deepEqual(nameRuns(['/b', '/x/b']), ['/b', 'x/b']);
  t.deepEqual(nameRuns(['/']), ['']);
});

test('a name stays on its line, shows what has no sign, and turns nothing beside it', (t) => {
  t.deepEqual(nameRuns(['a\nb\u0007\u007f\u009b']), ['a b␇␡\ufffd']);
  t.deepEqual(nameRuns(['ריצה (1)', 'a\u202eb']), ['\u2068ריצה (1)\u2069', '\u2068a\u202eb\u2069']);
});
