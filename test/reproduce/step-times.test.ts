import test from 'ava';
import type { LineChart, Table } from '../../src/report/section.js';
import { LstmForQuestionAnswering } from '../../src/models/lstm.js';
import type { ModelInputs } from '../../src/models/reader-model.js';
import { measureStepTimes, stepTimeSection } from '../../src/reproduce/step-times.js';
import { liveTensors } from '../../src/scope.js';
import type { Shape } from '../../src/tensor.js';

const lengths = [32, 64, 128, 256, 512];
const width = 768;
// Seconds by formula: linear for the LSTM; for the Transformer less at first, with a square.
const times = {
  batchSize: 4,
  width,
  lengths,
  seconds: {
    lstm: lengths.map((n) => 0.1 + 2e-9 * n * width ** 2),
    transformer: lengths.map((n) => 0.1 + 1e-9 * n * width ** 2 + 2e-9 * n ** 2 * width),
  },
};

test('the section tells who is faster and where the fitted curves cross', (t) => {
  const [text, chart, , table] = stepTimeSection(times).blocks;
  // 2e-9 n d² = 1e-9 n d² + 2e-9 n² d at n = d / 2; the Transformer is faster below.
  t.regex(
    text as string,
    /curves cross at 38[345] positions: the Transformer is faster below, the LSTM above/,
  );
  t.regex((chart as LineChart).marks?.[0]?.name ?? '', /crossing at 38[345]/);
  const linear = (table as Table).rows.find((row) => row[0] === 'LSTM' && row[1] === 'O(n·d²)');
  t.is(linear?.[2], '1.0000');
});

test('where both take equally long, none is said to be faster', (t) => {
  const { lstm } = times.seconds;
  const level = stepTimeSection({ ...times, seconds: { lstm, transformer: lstm } }).blocks[0] as string;
  t.regex(level, /At 384 positions both take equally long \(/);
});

test('where nothing crosses, that is said', (t) => {
  const slower = { ...times, seconds: { ...times.seconds, transformer: lengths.map((n) => 1 + n) } };
  t.regex(
    stepTimeSection(slower).blocks[0] as string,
    /Up to 4,096 positions the two fitted curves do not cross/,
  );
});

test.serial('every timed step has the batch and the length that it is told of', async (t) => {
  const shapes: Shape[] = [];
  class Recorder extends LstmForQuestionAnswering {
    override forward(inputs: ModelInputs) {
      shapes.push(inputs.inputIds.shape);
      return super.forward(inputs);
    }
  }
  const before = liveTensors();
  const build = () => new Recorder({ vocab_size: 30_522, dim: 2 });
  const { batchSize, seconds } = await measureStepTimes('cpu', () => undefined, { lengths: [8, 16], build });
  t.is(liveTensors(), before);
  t.deepEqual(
    Object.values(seconds).map(({ length }) => length),
    [2, 2],
  );
  for (const [index, shape] of shapes.entries()) {
    const length = Math.floor(index / 5) % 2 === 0 ? 8 : 16;
    t.deepEqual(shape, [batchSize, length]);
  }
  t.is(shapes.length, 20);
});
