import { setImmediate as nextTurn } from 'node:timers/promises';
import test from 'ava';
import { ones } from '../src/create.js';
import { expectToCompute, resolveDevice, runtimeInfo, useExactArithmetic } from '../src/runtime.js';
import { tidy } from '../src/scope.js';

test.serial("exact arithmetic fixes the size of cuBLAS's workspace, unless the user has", (t) => {
  delete process.env['CUBLAS_WORKSPACE_CONFIG'];
  useExactArithmetic();
  t.is(process.env['CUBLAS_WORKSPACE_CONFIG'], ':4096:8');

  process.env['CUBLAS_WORKSPACE_CONFIG'] = ':16:8';
  useExactArithmetic();
  t.is(process.env['CUBLAS_WORKSPACE_CONFIG'], ':16:8');
});

test.serial("LibTorch's warnings are Node's, each once", async (t) => {
  const warnings: Error[] = [];
  const listen = (warning: Error) => warnings.push(warning);
  process.on('warning', listen);
  tidy(() => {
    const product = ones([2]).requiresGrad_().mul(2);
    t.is(product.grad, null);
    t.is(product.grad, null);
  });
  await nextTurn();
  process.off('warning', listen);
  t.deepEqual(
    warnings.map(({ name }) => name),
    ['LibTorchWarning'],
  );
  t.regex(warnings[0]?.message ?? '', /^The \.grad attribute of a Tensor that is not a leaf.*[^\n]$/);
});

test('a device that cannot compute is refused with the reason and what to do', (t) => {
  const refuse = () => {
    throw new Error('no kernel image is available');
  };
  t.throws(
    () => {
      expectToCompute('cuda', refuse);
    },
    {
      code: 'ERR_NO_CUDA',
      message:
        /^Expected `device` cuda to compute, .* \(no kernel image is available\); take another device or cpu .* `qa-native setup --force`\.$/,
    },
  );
  t.notThrows(() => {
    expectToCompute('cpu');
  });
  t.is(resolveDevice('auto'), runtimeInfo().cudaDevices > 0 ? 'cuda' : 'cpu');
});
