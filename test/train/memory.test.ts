import { execFile } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import test from 'ava';

const script = fileURLToPath(new URL('memory-run.js', import.meta.url));

// The C library keeps freed blocks for later, as much as it likes. Told to hand back each of 64 KiB and more at once,
// it leaves in memory what is really held.
// One thread, because the next test's processes want the others.
const env = {
  ...process.env,
  OMP_NUM_THREADS: '1',
  MALLOC_MMAP_THRESHOLD_: '65536',
  MALLOC_TRIM_THRESHOLD_: '65536',
};

for (const model of ['bert', 'lstm', 'transformer']) {
  test.serial(
    `200 steps of ${model} leave the tensors where they were and memory flat within 2 %`,
    async (t) => {
      const { stdout } = await promisify(execFile)(process.execPath, ['--expose-gc', script, model], { env });
      const [, before, , after] = JSON.parse(stdout) as { tensors: number; resident: number }[];
      t.is(after.tensors, before.tensors);
      const growth = after.resident / before.resident - 1;
      t.true(growth < 0.02, `resident memory grew by ${(100 * growth).toFixed(1)} %`);
    },
  );
}
