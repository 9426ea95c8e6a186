import test from 'ava';
import { hasCudaGraphs, type Recorder } from '../../src/cuda-graph.js';
import { spanLoss } from '../../src/models/span-head.js';
import { getRngState, setRngState } from '../../src/random.js';
import { runtimeInfo, useExactArithmetic } from '../../src/runtime.js';
import { keep, liveTensors, tensorsIn, tidy } from '../../src/scope.js';
import { Tensor } from '../../src/tensor.js';
import { train, type StepLog } from '../../src/train/loop.js';
import type { TrainingOptions } from '../../src/train/options.js';
import { nameOf, options, tinyModel, trainFeatures } from './runs.js';

const allTensors = (value: unknown) => tensorsIn(value).filter((found) => found instanceof Tensor);

/** Records a function as a graph does: it draws no random numbers. */
function recorded<T>(fn: () => T): T {
  const state = getRngState();
  const results = tidy(fn);
  setRngState(state);
  state.dispose();
  return results;
}

/**
 * What CUDA graphs do, without a GPU: a replay runs the function again and puts its numbers where the first ones were. What
 * other recordings gave is then lost.
 */
class Rerun implements Recorder {
  recorded = 0;
  readonly #kept: Tensor[] = [];

  record<T>(fn: () => T) {
    this.recorded += 1;
    const results = recorded(fn);
    const tensors = allTensors(results);
    for (const tensor of tensors) this.#kept.push(keep(tensor).fill_(NaN));
    const replay = () => {
      tidy(() => {
        const fresh = allTensors(fn());
        for (const tensor of this.#kept) tensor.fill_(NaN);
        tensors.forEach((tensor, index) => tensor.copy_(fresh[index]));
      });
    };
    return { results, replay };
  }

  dispose(): void {
    for (const tensor of this.#kept.splice(0)) tensor.dispose();
  }
}

/** Fails to record. */
function refusing(): Recorder {
  return {
    record: (fn) => {
      recorded(() => {
        fn();
      });
      throw new Error('operation not permitted');
    },
    dispose: () => undefined,
  };
}

async function logOf(name: string, more: Partial<TrainingOptions>): Promise<StepLog[]> {
  const model = tinyModel(name);
  const before = liveTensors();
  const log: StepLog[] = [];
  for await (const line of train(model, trainFeatures, { ...options, ...more }, nameOf)) log.push(line);
  if (liveTensors() !== before) throw new Error(`${liveTensors() - before} tensors are left`);
  model.dispose();
  return log;
}

for (const name of ['bert-mini', 'transformer']) {
  test.serial(`${name}: recorded steps are the same to the bit, those of an epoch's end too`, async (t) => {
    const recorder = new Rerun();
    t.deepEqual(await logOf(name, { recorder }), await logOf(name, {}));
    // Whole batches and an epoch's last.
    t.is(recorder.recorded, 2);
  });
}

// In a run that goes on every shape is new once more.
test.serial('with fast kernels, too, bits do not depend on which steps are recorded', async (t) => {
  const recorder = new Rerun();
  // Longer than what packed rows are filled up to where nothing is recorded.
  const more = { kernels: { fast: true, bf16: false }, maxSeqLength: 128 };
  const log = await logOf('transformer', { ...more, recorder });
  t.deepEqual(log, await logOf('transformer', { ...more, recorder: refusing() }));
  t.true(recorder.recorded > 0);
});

test.serial(
  'what no recording holds is computed as ever: packed rows, many batches a step, another loss',
  async (t) => {
    const recorder = new Rerun();
    await logOf('lstm', { recorder });
    await logOf('bert-mini', { recorder, gradientAccumulationSteps: 2 });
    await logOf('bert-mini', { recorder, loss: spanLoss });
    t.is(recorder.recorded, 0);
  },
);

test.serial('a recording that fails is warned of once, and costs no step', async (t) => {
  const warnings: string[] = [];
  const listen = ({ message }: Error) => warnings.push(message);
  process.on('warning', listen);
  t.deepEqual(await logOf('bert-mini', { recorder: refusing() }), await logOf('bert-mini', {}));
  process.off('warning', listen);
  t.deepEqual(warnings, ['Steps are computed one operation at a time: operation not permitted']);
});

const device = 'cuda';
const whyNot =
  runtimeInfo().cudaDevices === 0 ? 'LibTorch sees no GPU here' : 'the addon is built without them';
if (runtimeInfo().cudaDevices > 0 && hasCudaGraphs(device)) {
  useExactArithmetic();
  for (const name of ['bert-mini', 'transformer']) {
    test.serial(`${name}: CUDA graphs give the bits of single operations`, async (t) => {
      t.deepEqual(await logOf(name, { device }), await logOf(name, { device, loss: spanLoss }));
    });
    for (const bf16 of [false, true]) {
      test.serial(`${name}: a seed determines a run of ${bf16 ? '--bf16' : '--fast'}, cuda`, async (t) => {
        const run = () => logOf(name, { device, kernels: { fast: true, bf16 } });
        t.deepEqual(await run(), await run());
      });
    }
  }
} else {
  test.skip(`CUDA graphs: ${whyNot}`, (t) => {
    t.fail();
  });
}
