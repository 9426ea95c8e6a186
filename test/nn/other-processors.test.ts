import { execFile } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import test from 'ava';
import { attentionCases } from './attention-cases.js';
import type { FastDistances } from './fast-distances.js';
import { linearCases } from './linear-cases.js';

// LibTorch takes from the environment what it is to make of its processor: this one's kernels are tested beside.
const testX64 = process.arch === 'x64' ? test : test.skip;

for (const capability of ['default', 'avx2']) {
  testX64(
    `--fast and --bf16 give what they stand for on a processor like ${capability}, too (x64 only)`,
    async (t) => {
      const program = fileURLToPath(new URL('fast-distances.js', import.meta.url));
      const env = { ...process.env, ATEN_CPU_CAPABILITY: capability };
      const { stdout } = await promisify(execFile)(process.execPath, [program], { env });
      const { cpuCapability, linear, attention, bf16Attention } = JSON.parse(stdout) as FastDistances;
      t.is(cpuCapability, capability.toUpperCase());
      const counts = [linear, attention, bf16Attention].map(({ length }) => length);
      t.deepEqual(
        counts,
        [linearCases, attentionCases, attentionCases].map(({ length }) => length),
      );
      for (const distance of linear) t.true(distance < 1e-4);
      for (const distance of attention) t.true(distance < 2e-6);
      for (const distance of bf16Attention) t.true(distance < 0.02);
    },
  );
}
