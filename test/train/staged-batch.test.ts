import test from 'ava';
import type { Feature } from '../../src/data/examples.js';
import { forwardFeatures } from '../../src/models/inputs.js';
import type { ReaderModel, SpanLogits } from '../../src/models/reader-model.js';
import type { Kernels } from '../../src/nn/kernels.js';
import { noGrad, tidy } from '../../src/scope.js';
import { BatchSlot } from '../../src/train/batch-slot.js';
import { stageBatch } from '../../src/train/staged-batch.js';
import { options, tinyModel, trainFeatures } from './runs.js';

const { maxSeqLength } = options;
const batches = [trainFeatures.slice(0, 5), trainFeatures.slice(5, 10)];

/** Start logits of all tokens, row by row. */
function logitsOf({ startLogits }: SpanLogits, rows: readonly Feature[]): number[] {
  const width = startLogits.size(1);
  const all = startLogits.toFloat32Array();
  return rows.flatMap(({ inputIds }, row) => [...all.subarray(row * width, row * width + inputIds.length)]);
}

for (const name of ['bert-mini', 'transformer', 'lstm']) {
  for (const kernels of [
    { fast: false, bf16: false },
    { fast: true, bf16: false },
  ] satisfies Kernels[]) {
    const title = `${name}${kernels.fast ? ' --fast' : ''}`;
    test.serial(
      `${title}: a batch in its slot gives the logits of its features, and so does the next`,
      (t) => {
        tidy(() => {
          const model: ReaderModel = tinyModel(name).eval();
          const staged = batches.map((rows) => stageBatch(rows, { kernels, maxSeqLength }));
          t.is(staged[0].shape, staged[1].shape);
          const slot = new BatchSlot(staged[0], 'cpu');
          for (const [index, rows] of batches.entries()) {
            slot.fill(staged[index]);
            const [expected, got] = noGrad<[number[], number[]]>(() => [
              logitsOf(forwardFeatures(model, rows, { maxSeqLength, device: 'cpu', kernels }), rows),
              logitsOf(slot.logits(model), rows),
            ]);
            const tolerance = kernels.fast ? 1e-6 : 0;
            t.true(got.every((value, at) => Math.abs(value - expected[at]) <= tolerance));
            t.deepEqual(
              [...slot.read('startPositions').toArray()].map(Number),
              rows.map((row) => row.startPosition),
            );
          }
          slot.dispose();
          model.dispose();
        });
      },
    );
  }
}
