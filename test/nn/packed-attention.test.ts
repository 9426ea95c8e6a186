import test from 'ava';
import { cat, tensor, zeros } from '../../src/create.js';
import { withKernels } from '../../src/nn/kernels.js';
import { toActivations } from '../../src/nn/packed.js';
import { packedAttention } from '../../src/nn/packed-attention.js';
import { attentionCases, attentionDistances, composed, titleOf } from './attention-cases.js';
import { sequencesOf } from './sequences.js';
import { manualSeed } from '../../src/random.js';
import { runtimeInfo } from '../../src/runtime.js';
import { tidy } from '../../src/scope.js';
import { Tensor } from '../../src/tensor.js';
import { distance, gradientsOf } from './gradients.js';

/** Queries, keys and values of all sequences. */
function projectedOf(lengths: readonly number[], width: number): Tensor {
  const tokens = lengths.reduce((sum, length) => sum + length, 0);
  return zeros([tokens, width]).normal_(0, 1).requiresGrad_();
}

for (const attentionCase of attentionCases) {
  test(`${titleOf(attentionCase)}: attention and its gradient are those of the operations`, (t) => {
    for (const distance of attentionDistances(attentionCase, 'float32')) t.true(distance < 2e-6);
  });

  test(`${titleOf(attentionCase)}: in bfloat16 they come as near as its digits let them`, (t) => {
    for (const distance of attentionDistances(attentionCase, 'bfloat16')) t.true(distance < 0.02);
  });
}

const places = [
  ['cpu', false, 1e-4],
  ['cuda', false, 1e-4],
  // FlashAttention's, to the digits of bfloat16.
  ['cuda', true, 0.03],
] as const;
for (const [device, bf16, tolerance] of places.slice(0, runtimeInfo().cudaDevices > 0 ? 3 : 1)) {
  const title = `a dropout keeps its share of the probabilities, the same for the gradient, ${device}`;
  test.serial(bf16 ? `${title} in bfloat16` : title, (t) => {
    tidy(() => {
      const [lengths, heads, headWidth, p] = [[64, 50], 2, 64, 0.25] as const;
      const width = heads * headWidth;
      const rows = lengths[0] + lengths[1];
      const attend = (input: Tensor) => {
        manualSeed(7);
        return withKernels({ fast: true, bf16 }, () => {
          const projected = toActivations(input.toDevice(device));
          return packedAttention(projected, sequencesOf(lengths, device), heads, p)
            .toDevice('cpu')
            .to('float32');
        });
      };
      // Each value is a row of the identity: what comes out is the probabilities, and those dropped are zero.
      const identity = lengths.map((length) =>
        tensor(
          Float32Array.from({ length: length * headWidth }, (_, at) => Number(at % (headWidth + 1) === 0)),
          [length, headWidth],
        ),
      );
      const values = cat(
        Array.from({ length: heads }, () => cat(identity)),
        1,
      );
      const kept = attend(cat([zeros([rows, 2 * width]), values], 1)).toFloat32Array();
      const masks = lengths.flatMap((length, sequence) =>
        Array.from({ length: heads }, (_, head) => {
          const first = sequence === 0 ? 0 : lengths[0];
          const place = (at: number) =>
            (first + Math.floor(at / length)) * width + head * headWidth + (at % length);
          return tensor(
            Float32Array.from({ length: length * length }, (_, at) =>
              kept[place(at)] === 0 ? 0 : 1 / (1 - p),
            ),
            [length, length],
          );
        }),
      );
      const dropped = masks.map((mask) => Array.from(mask.toFloat32Array(), (factor) => factor === 0));
      const share = (numbers: readonly boolean[]) => numbers.filter(Boolean).length / numbers.length;
      t.true(Math.abs(share(dropped.flat()) - p) < 0.02);
      // Heads drop apart from each other.
      for (const first of [0, heads]) {
        const [one, other] = dropped.slice(first, first + heads);
        t.true(Math.abs(share(one.map((isDropped, at) => isDropped && other[at])) - p * p) < 0.02);
      }

      manualSeed(3);
      const projected = zeros([rows, 3 * width])
        .normal_(0, 1)
        .requiresGrad_();
      const ours = gradientsOf(attend, [projected]);
      const theirs = gradientsOf((input) => composed(input, lengths, heads, masks), [projected]);
      for (const [index, result] of ours.entries()) t.true(distance(result, theirs[index]) < tolerance);
    });
  });
}

for (const [lengths, heads, headWidth] of attentionCases) {
  test(`on padded rows, as a GPU computes it with dropout: ${heads} heads of ${headWidth}, ${lengths.length} sequences`, (t) => {
    tidy(() => {
      manualSeed(3);
      const projected = projectedOf(lengths, 3 * heads * headWidth);
      const sequences = sequencesOf(lengths, 'cpu', true);
      // A dropout so small that it drops nothing.
      const unpacked = (input: Tensor) => packedAttention(input, sequences, heads, 1e-30);
      const ours = gradientsOf(unpacked, [projected]);
      const theirs = gradientsOf((input) => composed(input, lengths, heads), [projected]);
      for (const [index, result] of ours.entries()) t.true(distance(result, theirs[index]) < 1e-4);
    });
  });
}

test[runtimeInfo().cudaDevices > 0 ? 'serial' : 'skip'](
  'sequences of different lengths in one kernel give the same, cuda (LibTorch sees no GPU where this is skipped)',
  (t) => {
    for (const [lengths, heads, headWidth] of attentionCases.filter(([, , width]) => width % 8 === 0)) {
      tidy(() => {
        manualSeed(3);
        const projected = projectedOf(lengths, 3 * heads * headWidth);
        const onGpu = (input: Tensor) =>
          packedAttention(input.toDevice('cuda'), sequencesOf(lengths, 'cuda'), heads, 0).toDevice('cpu');
        const ours = gradientsOf(onGpu, [projected]);
        const theirs = gradientsOf((input) => composed(input, lengths, heads), [projected]);
        for (const [index, result] of ours.entries()) t.true(distance(result, theirs[index]) < 1e-4);
      });
    }
  },
);

test('sequences, heads and tokens that do not belong together are refused', (t) => {
  tidy(() => {
    const attend = (lengths: number[], heads: number, projected = zeros([5, 24]), p = 0) =>
      packedAttention(projected, { ...sequencesOf([3, 2]), lengths }, heads, p);
    for (const lengths of [[3, 20_000], [3], [-3, 8], [5, 0], [2 ** 40, 5], []]) {
      t.throws(() => attend(lengths, 2), {
        message: /expected sequences of one token or more, 5 in all, got \[/,
      });
    }
    for (const heads of [0, -1, 3]) {
      t.throws(() => attend([3, 2], heads), { message: /heads that divide a third of 24 columns, got/ });
    }
    const [deep, doubles] = [zeros([5, 1, 24]), zeros([5, 24], { dtype: 'float64' })];
    for (const projected of [deep, doubles, zeros([5, 24], { device: 'meta' })]) {
      t.throws(() => attend([3, 2], 2, projected), { message: /float32 or bfloat16 matrix on the CPU, got/ });
    }
    t.throws(() => attend([3, 2], 2, zeros([5, 24]), -0.1), { message: /dropout of 0 to 1, got -0.1/ });
  });
});
