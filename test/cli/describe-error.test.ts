import test from 'ava';
import { describeError } from '../../src/cli/describe-error.js';
import { tensor, zeros } from '../../src/create.js';
import { QaError, UsageError } from '../../src/errors.js';

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

test('what LibTorch complains of is one sentence', (t) => {
  const said = describeError(thrownBy(() => tensor([1, 2, 3]).add(tensor([1, 2]))));
  t.regex(said, /^qa-native: The size of tensor a \(3\) must match/);
});

test('where memory ran out there is what to do about it', (t) => {
  const sentence =
    /^qa-native: Expected memory enough, but it ran out \(.+\); take a smaller --per-device-train-batch-size/;
  t.regex(describeError(thrownBy(() => zeros([2 ** 30, 2 ** 20]))), sentence);
  const onGpu = Object.assign(new Error('CUDA out of memory.'), { code: 'ERR_TORCH_OOM' });
  t.regex(describeError(onGpu), sentence);
});

test('ours have a stack trace', (t) => {
  t.regex(describeError(new TypeError('x is not a function')), /^TypeError: x is not a function\n +at /);
  t.is(describeError('thrown'), 'thrown');
});
