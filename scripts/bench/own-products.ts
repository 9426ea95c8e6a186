import { zeros } from '../../src/create.js';
import { withKernels } from '../../src/nn/kernels.js';
import { Linear } from '../../src/nn/linear.js';
import { setNumThreads } from '../../src/runtime.js';
import { noGrad, tidy } from '../../src/scope.js';

// What qa-native's own linear layers reach on the CPU, beside PyTorch's product in scripts/reference/limits.py: a limit is
// what the better of both reaches. Run as `node own-products.js <threads> <shapes>`, with shapes as there, it prints billions of
// operations a second.

type Shape = readonly [rows: number, inner: number, columns: number];

const repeats = 10;

function gflops(bf16: boolean, [rows, inner, columns]: Shape): number {
  return tidy(() => {
    const layer = new Linear(inner, columns);
    const input = zeros([rows, inner])
      .normal_(0, 1)
      .to(bf16 ? 'bfloat16' : 'float32');
    const seconds = Array.from({ length: repeats }, () => {
      const began = performance.now();
      tidy(() => noGrad(() => withKernels({ fast: true, bf16 }, () => layer.forward(input))));
      return (performance.now() - began) / 1000;
    });
    return (2e-9 * rows * inner * columns) / Math.min(...seconds);
  });
}

setNumThreads(Number(process.argv[2]));
const shapes = JSON.parse(process.argv[3]) as readonly Shape[];
const best = (bf16: boolean) => Math.max(...shapes.map((shape) => gflops(bf16, shape)));
process.stdout.write(JSON.stringify({ float32_gflops: best(false), bfloat16_gflops: best(true) }));
