import test from 'ava';
import { examineGpus } from '../../src/setup/doctor.js';

test('a GPU that LibTorch cannot see is a problem, unless it is hidden on purpose', (t) => {
  const cuda = { cudaBuilt: true, cudaDevices: 0 };
  const { seen, problem } = examineGpus(cuda, true, undefined);
  t.is(seen, 'one is here, but LibTorch sees none');
  t.regex(
    problem ?? '',
    /^LibTorch sees none of the GPUs .* driver .* LIBTORCH .*`qa-native setup --force`\.$/,
  );
  for (const [isHere, hiding] of [
    [false, undefined],
    [true, ''],
    [true, '-1'],
  ] as const) {
    t.deepEqual(examineGpus(cuda, isHere, hiding), { seen: 0 });
  }
  t.deepEqual(examineGpus({ cudaBuilt: true, cudaDevices: 2 }, true, undefined), { seen: 2 });
});

test('of a GPU beside a LibTorch without CUDA the facts tell', (t) => {
  const cpu = { cudaBuilt: false, cudaDevices: 0 };
  t.deepEqual(examineGpus(cpu, true, undefined), { seen: 'one is here, but this LibTorch is without CUDA' });
  t.deepEqual(examineGpus(cpu, false, undefined), { seen: 'none (LibTorch without CUDA)' });
});
