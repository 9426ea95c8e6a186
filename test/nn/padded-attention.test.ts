import { createHash } from 'node:crypto';
import test from 'ava';
import { tensor, zeros } from '../../src/create.js';
import { paddedAttention, paddingMask, type PaddingMask } from '../../src/nn/padded-attention.js';
import { manualSeed } from '../../src/random.js';
import { tidy } from '../../src/scope.js';
import type { Tensor } from '../../src/tensor.js';

/** int64 [rows, length], ones and then zeros. */
function maskOf(tokens: readonly number[], length: number): Tensor {
  const flags = tokens.flatMap((count) =>
    Array.from({ length }, (_, position) => (position < count ? 1 : 0)),
  );
  return tensor(Int32Array.from(flags), [tokens.length, length]);
}

/**
 * Output and gradients of query, key and value, from a seed, and of biases that were added to them: those are sums over
 * gradients in the order in which these lie in memory.
 */
function run(
  mask: PaddingMask,
  [batch, length, heads]: readonly [number, number, number],
  dropoutP: number,
): string[] {
  manualSeed(3);
  const width = 32;
  const draw = () => zeros([batch, length, heads * width]).normal_(0, 1);
  const toHeads = (all: Tensor) => all.view(batch, length, heads, width).permute(0, 2, 1, 3);
  const inputs = [draw(), draw(), draw()].map((input) => input.requiresGrad_());
  const biases = inputs.map(() => zeros([heads * width]).requiresGrad_());
  const [query, key, value] = inputs.map((input, index) => toHeads(input.add(biases[index]))) as [
    Tensor,
    Tensor,
    Tensor,
  ];
  const output = paddedAttention(query, key, value, mask, dropoutP);
  output.mul(toHeads(draw())).sum().backward();
  return [output, ...[...inputs, ...biases].map((input) => input.grad as Tensor)].map((result) =>
    createHash('sha256').update(result.toFloat32Array()).digest('hex'),
  );
}

for (const [tokens, length, heads] of [
  [[1, 12, 20], 20, 2],
  [[5, 96, 33, 64, 65], 96, 2],
  [[5, 96, 33, 64, 65], 96, 1],
  [[31], 64, 3],
  [[96], 96, 2],
  [[7], 96, 1],
  [[100, 192, 193, 40], 200, 2],
  [[384, 383, 170, 2, 200, 352], 384, 2],
  [[170], 384, 4],
  [[512, 31], 512, 2],
] as const) {
  for (const dropoutP of [0, 0.1]) {
    const what = `${tokens.join(', ')} of ${length} tokens, ${heads} heads, dropout ${dropoutP}`;
    test(`what padding hides changes no bit: ${what}`, (t) => {
      tidy(() => {
        const mask = paddingMask(maskOf(tokens, length));
        t.deepEqual(mask.visible, [...tokens]);
        const shape = [tokens.length, length, heads] as const;
        t.deepEqual(run(mask, shape, dropoutP), run({ ...mask, visible: null }, shape, dropoutP));
      });
    });
  }
}

test('a mask with holes, of an empty row or of other numbers is added as it is', (t) => {
  tidy(() => {
    for (const flags of [
      [1, 0, 1],
      [0, 0, 0],
      [0, 1, 1],
      [1, 2, 0],
    ]) {
      t.is(paddingMask(tensor(Int32Array.from(flags), [1, 3])).visible, null);
    }
  });
});

test('a mask of another batch or length is spread over the scores, or refused, as Python does', (t) => {
  tidy(() => {
    const ones = [32, 32];
    const spread = paddingMask(maskOf([32], 32));
    t.deepEqual(run(spread, [2, 32, 2], 0), run(paddingMask(maskOf(ones, 32)), [2, 32, 2], 0));
    for (const mask of [maskOf([...ones, ...ones], 32), maskOf(ones, 64), maskOf([20, 20], 20)]) {
      t.throws(() => run(paddingMask(mask), [2, 32, 2], 0), { message: /must match the size/ });
    }
    t.throws(() => paddingMask(zeros([32], { dtype: 'int64' })), {
      message: /expected an attention mask \[batch, length\], got one of shape \[32\]/,
    });
  });
});

test('a dropout that is no probability is refused', (t) => {
  tidy(() => {
    const mask = paddingMask(maskOf([32], 32));
    for (const p of [-1, 2, NaN]) t.throws(() => run(mask, [1, 32, 1], p), { message: /between 0 and 1/ });
  });
});
