import test from 'ava';
import { nearest } from '../../src/cli/nearest.js';

const words = ['train', 'eval', 'predict'];

for (const [typed, meant] of [
  ['train', 'train'],
  ['trian', 'train'],
  ['trains', 'train'],
  ['rain', 'train'],
  ['predcit', 'predict'],
  ['evaluate', undefined],
  ['e', undefined],
  ['', undefined],
] as const) {
  test(`"${typed}" is ${meant === undefined ? 'none of them' : `near ${meant}`}`, (t) => {
    t.is(nearest(typed, words), meant);
  });
}

test('nothing is near where there is nothing', (t) => {
  t.is(nearest('train', []), undefined);
});
