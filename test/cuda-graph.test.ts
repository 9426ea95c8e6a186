import test from 'ava';
import { empty, zeros } from '../src/create.js';
import { CudaGraphs, hasCudaGraphs } from '../src/cuda-graph.js';
import { messageOf } from '../src/errors.js';
import { runtimeInfo } from '../src/runtime.js';
import { tidy } from '../src/scope.js';

const device = 'cuda';

/** What LibTorch says of a GPU's memory where it is asked for more than there is, once it has given back what nobody uses. */
function memoryReport(): string {
  try {
    tidy(() => empty([2 ** 50], { device }));
  } catch (error) {
    return messageOf(error);
  }
  throw new Error('there is a GPU with 4 PiB');
}

const failures: readonly [name: string, fail: () => void, message: RegExp][] = [
  [
    'the function fails',
    () => {
      throw new Error('no more');
    },
    /\(no more\)/,
  ],
  ['the function waits for the GPU', () => zeros([1], { device }).item(), /recording them failed/],
];

if (runtimeInfo().cudaDevices > 0 && hasCudaGraphs(device)) {
  for (const [name, fail, message] of failures) {
    const recordInVain = (graphs: CudaGraphs) => () =>
      graphs.record(() => {
        zeros([2 ** 20], { device });
        fail();
      });

    test.serial(`cuda: where ${name}, a recording leaves its memory to others`, (t) => {
      t.throws(recordInVain(new CudaGraphs(device)), { code: 'ERR_CUDA_GRAPH', message });
      t.regex(memoryReport(), /out of memory/);
      t.notRegex(memoryReport(), /private pools/);
    });

    test.serial(`cuda: where ${name}, recordings before stay as they are`, (t) => {
      const graphs = new CudaGraphs(device);
      const source = zeros([4], { device });
      const recording = graphs.record(() => source.add(1).mul(2).sum());
      t.throws(recordInVain(graphs));
      t.regex(memoryReport(), /private pools/);
      recording.replay();
      t.is(recording.results.item(), 8);
      graphs.dispose();
      source.dispose();
      t.notRegex(memoryReport(), /private pools/);
    });
  }

  test.serial('cuda: recordings have the memory of their results together', (t) => {
    const graphs = new CudaGraphs(device);
    const source = zeros([2 ** 20], { device });
    const [first, second] = [1, 2].map((value) => graphs.record(() => source.add(value)));
    const means = () => tidy(() => [first, second].map(({ results }) => results.mean().item()));
    first.replay();
    t.deepEqual(means(), [1, 1]);
    second.replay();
    t.deepEqual(means(), [2, 2]);
    graphs.dispose();
    source.dispose();
  });
} else {
  test.skip('CUDA graphs: LibTorch sees no GPU here, or the addon is built without them', (t) => {
    t.fail();
  });
}
