import test from 'ava';
import { useExactArithmetic } from '../src/runtime.js';

test.serial("exact arithmetic fixes the size of cuBLAS's workspace, unless the user has", (t) => {
  delete process.env['CUBLAS_WORKSPACE_CONFIG'];
  useExactArithmetic();
  t.is(process.env['CUBLAS_WORKSPACE_CONFIG'], ':4096:8');

  process.env['CUBLAS_WORKSPACE_CONFIG'] = ':16:8';
  useExactArithmetic();
  t.is(process.env['CUBLAS_WORKSPACE_CONFIG'], ':16:8');
});
