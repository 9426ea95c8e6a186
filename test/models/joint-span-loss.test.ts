import test from 'ava';
import { tensor } from '../../src/create.js';
import { jointSpanLoss } from '../../src/models/joint-span-loss.js';
import { tidy } from '../../src/scope.js';

const starts = [
  [0.5, -1, 2, 0.25],
  [1, 0, -0.5, 3],
];
const ends = [
  [-0.5, 1.5, 0.75, 2],
  [0, 2, 1, -1],
];

/** -log of the softmax over the pairs with start <= end, by its definition. */
function rowLoss(row: number, start: number, end: number): number {
  let sum = 0;
  for (const [i, left] of starts[row].entries()) {
    for (const [j, right] of ends[row].entries()) if (i <= j) sum += Math.exp(left + right);
  }
  return Math.log(sum) - starts[row][start] - ends[row][end];
}

const lossOf = (startPositions: number[], endPositions: number[]) =>
  tidy(() =>
    jointSpanLoss(
      { startLogits: tensor(starts.flat(), [2, 4]), endLogits: tensor(ends.flat(), [2, 4]) },
      tensor(Int32Array.from(startPositions)),
      tensor(Int32Array.from(endPositions)),
    ).item(),
  );

test('the loss is that of one softmax over spans', (t) => {
  const expected = (rowLoss(0, 2, 3) + rowLoss(1, 1, 1)) / 2;
  t.true(Math.abs(lossOf([2, 1], [3, 1]) - expected) < 1e-6);
});

test('rows whose answer lies past the end, or ends before it starts, do not count', (t) => {
  for (const [start, end] of [
    [4, 4],
    [1, 4],
    [4, 2],
    [2, 1],
    [3, 0],
  ]) {
    t.true(Math.abs(lossOf([2, start], [3, end]) - rowLoss(0, 2, 3)) < 1e-6);
  }
});

test('its gradient pushes the right span up and the others down', (t) => {
  tidy(() => {
    const startLogits = tensor(starts.flat(), [2, 4]).requiresGrad_();
    const endLogits = tensor(ends.flat(), [2, 4]).requiresGrad_();
    jointSpanLoss(
      { startLogits, endLogits },
      tensor(Int32Array.of(2, 1)),
      tensor(Int32Array.of(3, 1)),
    ).backward();
    const gradient = startLogits.grad?.toFloat32Array() ?? new Float32Array();
    t.is(gradient.length, 8);
    for (const [index, value] of gradient.entries()) t.is(value < 0, index === 2 || index === 5);
    // Within a row the probabilities of all starts sum to 1, and the right one has 1 taken off.
    t.true(Math.abs(gradient.slice(0, 4).reduce((sum, value) => sum + value, 0)) < 1e-6);
  });
});
