import test from 'ava';
import { tensor, zeros } from '../src/create.js';
import { keep, liveTensors, noGrad, tidy } from '../src/scope.js';

test.serial('tidy frees all that was made but the result, however deep', (t) => {
  const before = liveTensors();
  const result = tidy(() => {
    const a = tensor([1, 2]);
    return { list: [a.add(1), { inner: a.mul(2) }], number: 7 };
  });
  t.is(liveTensors(), before + 2);
  const [sum, { inner }] = result.list as [ReturnType<typeof tensor>, { inner: ReturnType<typeof tensor> }];
  t.deepEqual([...sum.toArray()], [2, 3]);
  t.deepEqual([...inner.toArray()], [2, 4]);
  sum.dispose();
  inner.dispose();
  t.is(liveTensors(), before);
});

test.serial('the result of an inner tidy belongs to the outer one', (t) => {
  const before = liveTensors();
  tidy(() => {
    const inner = tidy(() => tensor([1]).add(1));
    t.false(inner.isDisposed);
  });
  t.is(liveTensors(), before);
});

test.serial('what is kept outlives tidy until it is disposed', (t) => {
  const before = liveTensors();
  const kept = tidy(() => {
    const state = keep(zeros([2]));
    state.add(1);
    return { of: () => state };
  }).of();
  t.is(liveTensors(), before + 1);
  kept.dispose();
  t.is(liveTensors(), before);
});

test.serial('an error frees what was made before it', (t) => {
  const before = liveTensors();
  t.throws(() => {
    tidy(() => {
      tensor([1]).add(1);
      throw new Error('stop');
    });
  });
  t.is(liveTensors(), before);
});

test('a promise is refused by tidy and by noGrad', (t) => {
  for (const scope of [tidy, noGrad]) {
    t.throws(() => scope(() => Promise.resolve(1)), {
      message: /synchronous function, but it returned a promise/,
    });
  }
});

test('a disposed tensor names its shape and the remedy', (t) => {
  const a = zeros([2, 3]);
  a.dispose();
  a.dispose();
  t.true(a.isDisposed);
  t.throws(() => a.add(1), {
    code: 'ERR_TENSOR_DISPOSED',
    message: /shape \[2, 3\] was disposed; .*tidy.*keep/,
  });
});

test('noGrad records nothing and ends, also by an error', (t) => {
  const a = tensor([1, 2]).requiresGrad_();
  t.false(noGrad(() => a.mul(2)).requiresGrad);
  t.throws(() =>
    noGrad(() => {
      throw new Error('stop');
    }),
  );
  t.true(a.mul(2).requiresGrad);
});
