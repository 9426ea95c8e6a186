import test from 'ava';
import { arange, cat, full, ones, stack, tensor, zeros } from '../src/create.js';
import { QaError } from '../src/errors.js';
import { resolveDevice, runtimeInfo, setNumThreads } from '../src/runtime.js';
import { nameOfDevice } from '../src/tensor-memory.js';

test('typed arrays keep their values and get the dtype that PyTorch would use', (t) => {
  const cases = [
    [Float32Array.of(1.5, -2), 'float32'],
    [Float64Array.of(1.5, -2), 'float64'],
    [Int32Array.of(3, -4), 'int64'],
    [Uint8Array.of(5, 6), 'uint8'],
  ] as const;
  for (const [data, dtype] of cases) {
    const made = tensor(data, [2, 1]);
    t.is(made.dtype, dtype);
    t.deepEqual(made.shape, [2, 1]);
    t.deepEqual(Array.from(made.toArray(), Number), Array.from(data, Number));
  }
});

test('the data are copied', (t) => {
  const data = Float32Array.of(1, 2);
  const made = tensor(data);
  data[0] = 9;
  t.deepEqual([...made.toArray()], [1, 2]);
});

test('data that do not fill the shape are refused', (t) => {
  t.throws(() => tensor([1, 2, 3], [2, 2]), {
    code: 'ERR_TENSOR_SHAPE',
    message: /4 elements .* \[2, 2\], got 3/,
  });
});

test('data that are no numbers are refused, where Float32Array would make NaN of them', (t) => {
  for (const [data, got] of [
    [[[1, 2], [3]], 'an array'],
    [[1, '2'], 'string'],
    // eslint-disable-next-line no-sparse-arrays
    [[1, , 3], 'undefined'],
  ] as const) {
    t.throws(() => tensor(data as unknown as number[]), {
      code: 'ERR_TENSOR_DATA',
      message: new RegExp(`got ${got} among them`),
    });
  }
});

test('memory that threads share is read as any other', (t) => {
  const shared = new Float32Array(new SharedArrayBuffer(16), 8);
  shared.set([7, 8]);
  t.deepEqual([...tensor(shared).toArray()], [7, 8]);
});

test('an array that is taken away while its shape is read is refused', (t) => {
  const data = new Float32Array(1 << 20);
  const shape = [data.length];
  let reads = 0;
  const get = () => {
    // The first time, they are counted.
    if ((reads += 1) === 2) structuredClone(data.buffer, { transfer: [data.buffer] });
    return 1 << 20;
  };
  t.throws(() => tensor(data, Object.defineProperty(shape, 0, { get })), {
    message: /expected as many elements as the shape holds, got 0/,
  });
});

test('a size or a place that is no whole number is refused, not cut off', (t) => {
  for (const [number, make] of [
    ['0.5', () => tensor([1, 2], [0.5, 4])],
    ['NaN', () => zeros([NaN])],
    ['Infinity', () => arange(Infinity)],
    ['1.5', () => zeros([4]).narrow(0, 1.5, 1)],
    ['18014398509481984', () => zeros([1]).expand(2 ** 54)],
  ] as const) {
    t.throws(make, { instanceOf: RangeError, message: `expected a whole number, got ${number}` });
  }
});

test('constructors', (t) => {
  t.deepEqual([...full([2], 7).toArray()], [7, 7]);
  t.deepEqual([...ones([1, 2]).toArray()], [1, 1]);
  t.deepEqual(Array.from(arange(3).toArray(), Number), [0, 1, 2]);
  t.deepEqual(cat([zeros([1, 2]), ones([1, 2])]).shape, [2, 2]);
  t.deepEqual(stack([zeros([2]), ones([2])]).shape, [2, 2]);
});

test("shapes that do not fit give LibTorch's sentence, without its stack", (t) => {
  const error = t.throws(() => zeros([2, 3]).matmul(zeros([2, 3])), { code: 'ERR_TORCH' });
  t.regex(error.message, /cannot be multiplied \(2x3 and 2x3\)/);
  t.false(error.message.includes('\n'));
  t.true('detail' in error);
  t.throws(() => zeros([4]).view(3), { code: 'ERR_TORCH', message: /invalid for input of size 4/ });
});

test('a dimension or dtype that is not there is named', (t) => {
  t.throws(() => zeros([2]).size(1), { instanceOf: QaError, message: /shape \[2\], got 1/ });
  t.throws(() => zeros([2, 3]).size(0.5), { instanceOf: QaError, message: /shape \[2, 3\], got 0.5/ });
  t.is(zeros([2, 3]).size(-1), 3);
  t.throws(() => arange(2).toFloat32Array(), { code: 'ERR_TENSOR_DTYPE', message: /got int64/ });
});

test('integers stay integers under whole numbers', (t) => {
  t.is(tensor(Int32Array.of(1, 9)).clamp(0, 5).dtype, 'int64');
  t.is(tensor(Int32Array.of(1, 9)).add(1).dtype, 'int64');
  t.is(tensor(Int32Array.of(1, 9)).add(0.5).dtype, 'float32');
  t.deepEqual(Array.from(arange(3).mul_(2).toArray(), Number), [0, 2, 4]);
  // These, int64 does not have.
  const beyond = tensor(Int32Array.of(1, 9));
  t.deepEqual([...beyond.clamp(-Infinity, 2 ** 63).toArray()], [1, 9]);
  t.deepEqual([...beyond.add(Infinity).toArray()], [Infinity, Infinity]);
});

test('what an element is told to be is a boolean of it', (t) => {
  const told = tensor([0, -1.5, NaN, Infinity, -Infinity]);
  t.is(told.isFinite().dtype, 'bool');
  t.deepEqual([...told.isFinite().to('float32').toFloat32Array()], [1, 1, 0, 0, 0]);
  t.deepEqual([...told.eq(-1.5).to('float32').toFloat32Array()], [0, 1, 0, 0, 0]);
});

test('devices and threads', (t) => {
  t.is(resolveDevice('cpu'), 'cpu');
  t.throws(() => resolveDevice('gpu'), { message: /auto, cpu, cuda or cuda:<index>, got "gpu"/ });
  t.throws(
    () => {
      setNumThreads(0);
    },
    { message: /from 1 to \d+, got 0/ },
  );
  if (runtimeInfo().cudaBuilt) {
    t.throws(() => resolveDevice('cuda:99'), { code: 'ERR_NO_CUDA', message: /GPU 99 .* LibTorch sees/ });
  } else {
    t.throws(() => resolveDevice('cuda'), {
      code: 'ERR_NO_CUDA',
      message: /LibTorch with CUDA .* LIBTORCH .* setup/,
    });
  }
});

test('the first GPU has one name, cuda', (t) => {
  if (runtimeInfo().cudaDevices > 0) {
    t.is(resolveDevice('cuda:0'), 'cuda');
    for (const device of ['cuda', 'cuda:0']) t.is(zeros([1], { device }).device, 'cuda');
  }
  t.deepEqual(['cpu', 'cuda', 'cuda:0', 'cuda:1'].map(nameOfDevice), ['cpu', 'cuda', 'cuda', 'cuda:1']);
});
