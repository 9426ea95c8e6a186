import test from 'ava';
import type { Feature } from '../../src/data/examples.js';
import { prepareFeatures } from '../../src/data/features.js';
import { BertTokenizer } from '../../src/data/tokenizer.js';
import { forwardFeatures } from '../../src/models/inputs.js';
import type { ReaderModel, SpanLogits } from '../../src/models/reader-model.js';
import type { Kernels } from '../../src/nn/kernels.js';
import { noGrad, tidy } from '../../src/scope.js';
import { BatchSlot } from '../../src/train/batch-slot.js';
import { plainGradients } from '../../src/train/gradients.js';
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

test('an answer in the last token starts at the last position of its row, as in Python with and without padding', (t) => {
  const words = '[PAD] [UNK] [CLS] [SEP] who founded it ? the town was by ada'.split(' ');
  const normalizer = { cleanText: true, handleChineseChars: true, stripAccents: true, lowercase: true };
  const rows = prepareFeatures(
    [
      {
        id: 'a',
        title: '',
        question: 'who founded it ?',
        context: 'the town was founded by ada',
        answers: [{ text: 'ada', start: 24 }],
      },
    ],
    new BertTokenizer(words, normalizer, 'the test'),
    { maxSeqLength: 32, docStride: 8 },
  );
  const labels = (fast: boolean) => {
    const { arrays } = stageBatch(rows, { kernels: { fast, bf16: false }, maxSeqLength: 32 });
    return [arrays['startPositions'], arrays['endPositions']].map((positions) => [...positions]);
  };
  // What scripts/reference/notebook.py's answer_positions finds in rows of 32 tokens, and in one of its own 13.
  t.deepEqual(labels(false), [[31], [11]]);
  t.deepEqual(labels(true), [[12], [11]]);

  tidy(() => {
    const model = tinyModel('bert-mini').eval();
    const once = { ...options, maxSeqLength: 32, kernels: { fast: true, bf16: false } };
    const moved = rows.map((row) => ({ ...row, startPosition: 12 }));
    const [loss, expected] = [rows, moved].map(
      (batch) => plainGradients(model, batch, once).numbers.toArray()[0],
    );
    t.true(Number.isFinite(loss));
    t.is(loss, expected);
    model.dispose();
  });
});
