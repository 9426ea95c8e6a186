import test from 'ava';
import { describeError, withFlags } from '../../src/cli/describe-error.js';
import { readerFlags } from '../../src/cli/reader-flags.js';
import { trainOptions } from '../../src/cli/train-options.js';
import { tensor, zeros } from '../../src/create.js';
import { prepareFeatures, requireRoom } from '../../src/data/features.js';
import { sample } from '../../src/data/sample.js';
import { readVocab } from '../../src/data/tokenizer-files.js';
import { QaError, UsageError } from '../../src/errors.js';
import { squadMetrics } from '../../src/evaluate/metrics.js';
import { resolveDevice, setNumThreads } from '../../src/runtime.js';

const thrownBy = (work: () => unknown): unknown => {
  try {
    work();
  } catch (error) {
    return error;
  }
  return undefined;
};

test('what a user can act on is one sentence', (t) => {
  t.is(describeError(new QaError('Expected a file.')), 'qa-native: Expected a file.');
  t.is(describeError(new UsageError('Expected a flag.')), 'qa-native: Expected a flag.');
});

test('an option that the library names is told as its flag, and nothing else in backticks', (t) => {
  t.is(
    describeError(
      thrownBy(() => {
        requireRoom({ maxSeqLength: 2, docStride: 1 });
      }),
    ),
    'qa-native: Expected whole numbers, --max-seq-length of more than 3 and --doc-stride of 0 to 2 less, got 2 and 1; ' +
      'windows share --doc-stride tokens, so that it must be the smaller by far.',
  );
  t.regex(describeError(thrownBy(() => resolveDevice('gpu'))), /^qa-native: Expected --device to be auto/);
  const others = 'Expected `version2WithNegative` of `questions`, maxSeqLength or `qa-native train`.';
  t.is(
    withFlags(others),
    'Expected --version-2-with-negative of `questions`, maxSeqLength or `qa-native train`.',
  );
});

test('the library names no flag to its own callers', async (t) => {
  const tooLong = { id: 'q', title: '', question: 'w '.repeat(20), context: 'w '.repeat(40), answers: [] };
  const tokenizer = await readVocab(sample.vocabFile);
  for (const work of [
    () => {
      requireRoom({ maxSeqLength: 2, docStride: 1 });
    },
    () => prepareFeatures([tooLong], tokenizer, { maxSeqLength: 24, docStride: 8 }),
    () => squadMetrics({}, [tooLong]),
    () => resolveDevice('gpu'),
    () => {
      setNumThreads(0);
    },
  ]) {
    const error = t.throws(work, { instanceOf: QaError });
    t.notRegex(error.message, / --/);
    t.regex(error.message, /`\w+`/);
  }
});

test('what LibTorch complains of is one sentence', (t) => {
  const said = describeError(thrownBy(() => tensor([1, 2, 3]).add(tensor([1, 2]))));
  t.regex(said, /^qa-native: The size of tensor a \(3\) must match/);
});

test('where memory ran out there is what to do about it', (t) => {
  const onCpu = thrownBy(() => zeros([2 ** 30, 2 ** 20]));
  const onGpu = Object.assign(new Error('CUDA out of memory.'), { code: 'ERR_TORCH_OOM' });
  for (const error of [onCpu, onGpu]) {
    t.regex(
      describeError(error, Object.keys(trainOptions)),
      /^qa-native: Expected memory enough, but it ran out \(.+\); take a smaller --per-device-train-batch-size, for which --gradient-accumulation-steps makes up, or take a smaller --per-device-eval-batch-size\.$/,
    );
  }
});

test('where memory ran out no flag is named that the command has not', (t) => {
  const onGpu = Object.assign(new Error('CUDA out of memory.'), { code: 'ERR_TORCH_OOM' });
  t.is(
    describeError(onGpu, Object.keys(readerFlags)),
    'qa-native: Expected memory enough, but it ran out (CUDA out of memory.); take a smaller --per-device-eval-batch-size.',
  );
  t.is(
    describeError(onGpu),
    'qa-native: Expected memory enough, but it ran out (CUDA out of memory.); end what else takes it.',
  );
});

test('ours have a stack trace', (t) => {
  t.regex(describeError(new TypeError('x is not a function')), /^TypeError: x is not a function\n +at /);
  t.is(describeError('thrown'), 'thrown');
});
