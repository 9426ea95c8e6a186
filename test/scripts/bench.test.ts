import test from 'ava';
import { bestOf, floorSeconds, type Limits } from '../../scripts/bench/limits.js';
import { compare, compareTimes } from '../../scripts/bench/ratios.js';
import { median, SampleBook } from '../../scripts/bench/samples.js';
import { ratioTable, sampleTable, timeTable } from '../../scripts/bench/table.js';

const limits: Limits = { float32_gflops: 165, bfloat16_gflops: 620, copy_gbps: 54 };
const full = { lengths: [384, 384], batchSize: 12, maxSeqLength: 384 };

test('a median is the middle value, or lies between the two', (t) => {
  t.is(median([3, 1, 2]), 2);
  t.is(median([4, 1, 2, 3]), 2.5);
});

test("a step's floor is its operations and the optimizer's bytes", (t) => {
  // By hand: 4 layers, each 2 (4 * 256 * 256 + 2 * 256 * 1024) for a token and 4 * 256 for a pair of positions.
  const forward = 12 * 4 * (384 * 1_572_864 + 384 * 384 * 1024);
  const bytes = 11_105_282 * 28;
  const expected = (3 * forward) / 165e9 + bytes / 54e9;
  t.true(Math.abs((floorSeconds('step bert-mini', 'default', full, limits) ?? 0) - expected) < 1e-9);
  t.true(Math.abs((floorSeconds('eval bert-mini', 'default', full, limits) ?? 0) - forward / 165e9) < 1e-9);
});

test('limits are the better of two measurements', (t) => {
  t.deepEqual(bestOf(limits, { float32_gflops: 170, bfloat16_gflops: 600, copy_gbps: 54 }), {
    float32_gflops: 170,
    bfloat16_gflops: 620,
    copy_gbps: 54,
  });
});

test('padding counts where it is computed on', (t) => {
  const half = { ...full, lengths: [192, 192] };
  const floor = (variant: string, model: string) => floorSeconds(`eval ${model}`, variant, half, limits) ?? 0;
  t.is(floor('default', 'transformer'), floorSeconds('eval transformer', 'fast', full, limits) ?? 0);
  // BERT's padding looks at tokens, but nothing looks at padding.
  t.true(floor('default', 'bert-mini') < (floorSeconds('eval bert-mini', 'fast', full, limits) ?? 0));
  t.is(floor('fast', 'bert-mini'), floor('default', 'bert-mini') / 2);
  t.true(floor('fast', 'transformer') < floor('default', 'transformer') / 2);
  // The notebook packs the LSTM's rows.
  t.is(floor('fast', 'lstm'), floor('default', 'lstm'));
  t.true(floor('bf16', 'bert-mini') < floor('fast', 'bert-mini'));
  t.is(floorSeconds('preparation', 'default', half, limits), undefined);
});

test('a processor that is slow at bfloat16 multiplies in float32', (t) => {
  const slow = { ...limits, bfloat16_gflops: 3 };
  const floor = (variant: string) => floorSeconds('step bert-mini', variant, full, slow);
  t.is(floor('bf16'), floor('fast'));
});

test('nothing is asked of bfloat16 where the processor is slow at it', (t) => {
  const book = new SampleBook();
  book.add('step bert-mini', 'python', 8);
  book.add('step bert-mini', 'bf16', 1);
  const target = { what: 'step bert-mini', variant: 'bf16', against: 'python', ratio: 8 };
  t.is(compare([target], book.all(), full, limits).length, 1);
  for (const bfloat16_gflops of [3, limits.float32_gflops + 1]) {
    t.deepEqual(compare([target], book.all(), full, { ...limits, bfloat16_gflops }), []);
  }
});

test('ratios are of medians, and only of what was measured', (t) => {
  const book = new SampleBook();
  for (const seconds of [2, 6, 3]) book.add('step bert-mini', 'python', seconds);
  book.add('step bert-mini', 'default', 2);
  book.add('step lstm', 'default', 1);
  book.add('step lstm', 'python', undefined);
  const target = { variant: 'default', against: 'python', ratio: 1.3 };
  const ratios = compare(
    [
      { ...target, what: 'step bert-mini' },
      { ...target, what: 'step bert-mini', ratio: 4 },
      { ...target, what: 'step lstm' },
    ],
    book.all(),
    full,
    limits,
  );
  t.deepEqual(
    ratios.map(({ measured, reached, atMost }) => [measured, reached, atMost === undefined]),
    [
      [1.5, true, true],
      [1.5, false, false],
    ],
  );
  const table = ratioTable(ratios);
  t.regex(table, /step bert-mini: qa-native to Python +\| 1\.50 x +\| 1\.3 x +\| reached/);
  t.regex(table, /not reached; the machine stops at 4\.\d x/);
  t.regex(sampleTable(book.all()), /step bert-mini +\| 3\.00 s \(2\.00 s \.\. 6\.00 s\) \| 2\.00 s/);
});

test('times are medians, too, and none is asked for where there are none', (t) => {
  const book = new SampleBook();
  for (const seconds of [0.001, 0.005, 0.0021]) book.add('step bert-mini', 'default', seconds);
  book.add('evaluation bert-mini', 'fast', 2);
  const times = compareTimes(
    [
      { what: 'step bert-mini', variant: 'default', under: 0.0022 },
      { what: 'evaluation bert-mini', variant: 'fast', under: 2 },
      { what: 'evaluation bert-mini', variant: 'bf16', under: 1 },
    ],
    book.all(),
  );
  t.deepEqual(
    times.map(({ measured, reached }) => [measured, reached]),
    [
      [0.0021, true],
      [2, false],
    ],
  );
  const table = timeTable(times);
  t.regex(table, /step bert-mini: qa-native +\| 2\.10 ms +\| 2\.20 ms +\| reached/);
  t.regex(table, /evaluation bert-mini: --fast +\| 2\.00 s +\| 2\.00 s +\| not reached/);
  t.is(timeTable([]), '');
});
