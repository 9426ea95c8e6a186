import test from 'ava';
import { examineGpus } from '../../src/setup/doctor.js';

test('a GPU that LibTorch cannot see is a problem, unless it is hidden on purpose', (t) => {
  const cuda = { cudaBuilt: true, cudaDevices: 0 };
  const { seen, problem } = examineGpus(cuda, true, false);
  t.is(seen, 'one is here, but LibTorch sees none');
  t.regex(
    problem ?? '',
    /^LibTorch sees none of the GPUs .* driver .* LIBTORCH .*`qa-native setup --force`\.$/,
  );
  t.deepEqual(examineGpus(cuda, true, true), { seen: 0 });
  t.deepEqual(examineGpus(cuda, false, false), { seen: 0 });
  t.deepEqual(examineGpus({ cudaBuilt: true, cudaDevices: 2 }, true, false), { seen: 2 });
});

test('of a GPU beside a LibTorch without CUDA the facts tell', (t) => {
  const cpu = { cudaBuilt: false, cudaDevices: 0 };
  t.deepEqual(examineGpus(cpu, true, false), { seen: 'one is here, but this LibTorch is without CUDA' });
  t.deepEqual(examineGpus(cpu, false, false), { seen: 'none (LibTorch without CUDA)' });
});
