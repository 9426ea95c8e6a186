import type { Feature } from '../data/examples.js';
import { modelKind } from '../models/index.js';
import type { ReaderModel } from '../models/reader-model.js';
import { formatNumber, type Section } from '../report/section.js';
import { manualSeed } from '../random.js';
import type { Device } from '../tensor.js';
import { train } from '../train/loop.js';
import { crossingsOf, tellCrossings } from './crossings.js';
import { fitNonNegative, rSquared } from './fit.js';
import { notebook } from './notebook.js';

const models = ['lstm', 'transformer'] as const;
type Model = (typeof models)[number];

/** Median seconds of a training step by sequence length, rows without padding. */
export interface StepTimes {
  readonly batchSize: number;
  /** d of the complexities: the width of both models. */
  readonly width: number;
  readonly lengths: readonly number[];
  readonly seconds: Readonly<Record<Model, readonly number[]>>;
}

/** Lengths from well below the width to as long as it. */
const lengths = [32, 64, 128, 192, 256, 384, 512, 768];
const [batchSize, width, stepsTimed] = [4, 768, 4];

/** The model as the notebook has it. */
function build(name: Model): ReaderModel {
  const kind = modelKind(name);
  return kind.create(kind.preset(notebook.vocabulary));
}

/** Times both models at every length; `onProgress` hears how many of all measurements are done. */
export async function measureStepTimes(
  device: Device,
  onProgress: (done: number, total: number) => void,
  timed: { readonly lengths: readonly number[]; readonly build: (name: Model) => ReaderModel } = {
    lengths,
    build,
  },
): Promise<StepTimes> {
  const seconds: Record<Model, number[]> = { lstm: [], transformer: [] };
  let done = 0;
  for (const name of models) {
    for (const length of timed.lengths) {
      manualSeed(0);
      const model = timed.build(name);
      try {
        seconds[name].push(await timeSteps(model, length, device));
      } finally {
        model.dispose();
      }
      onProgress((done += 1), models.length * timed.lengths.length);
    }
  }
  return { batchSize, width, lengths: timed.lengths, seconds };
}

async function timeSteps(model: ReaderModel, length: number, device: Device): Promise<number> {
  // As many windows as a batch has rows: of fewer the loop would make a smaller batch.
  const windows = Array<Feature>(batchSize).fill(fullRow(length));
  const options = {
    maxSeqLength: length,
    perDeviceTrainBatchSize: batchSize,
    learningRate: 3e-5,
    numTrainEpochs: 1,
    maxSteps: stepsTimed + 1,
    warmupSteps: 0,
    maxGradNorm: 1,
    device,
  };
  const times: number[] = [];
  let last = performance.now();
  for await (const { step } of train(model, windows, options, () => '')) {
    const now = performance.now();
    // The first step makes what the next ones find made.
    if (step > 1) times.push((now - last) / 1000);
    last = now;
  }
  return median(times);
}

/** A window that fills its row. */
function fullRow(length: number): Feature {
  return {
    exampleIndex: 0,
    inputIds: Int32Array.from({ length }, (_, index) => 1000 + ((index * 7919) % 20_000)),
    contextStart: 2,
    offsets: new Int32Array(2 * (length - 2)),
    startPosition: 3,
    endPosition: 5,
  };
}

function median(values: readonly number[]): number {
  const sorted = [...values].sort((a, b) => a - b);
  const middle = sorted.length >> 1;
  return sorted.length % 2 === 1 ? sorted[middle] : (sorted[middle - 1] + sorted[middle]) / 2;
}

/** How far the fitted curves are followed. */
const mostPositions = 4096;

/** What of a step grows with the length, as the Transformer's paper counts it (arXiv:1706.03762, table 1). */
const complexities = {
  'n·d²': (n: number, d: number) => n * d * d,
  'n²·d': (n: number, d: number) => n * n * d,
};
type Complexity = keyof typeof complexities;

interface Fit {
  readonly complexity: readonly Complexity[];
  readonly at: (length: number) => number;
  readonly rSquared: number;
}

function fit(times: StepTimes, model: Model, complexity: readonly Complexity[]): Fit {
  const row = (n: number) => [1, ...complexity.map((name) => complexities[name](n, times.width))];
  const coefficients = fitNonNegative(times.lengths.map(row), times.seconds[model]);
  const at = (length: number) =>
    row(length).reduce((sum, term, index) => sum + term * coefficients[index], 0);
  return { complexity, at, rSquared: rSquared(times.lengths.map(at), times.seconds[model]) };
}

/** Problem 3.2: which model trains faster, and where the two cross. */
export function stepTimeSection(times: StepTimes): Section {
  const { lengths, seconds, batchSize, width } = times;
  const fits = {
    lstm: fit(times, 'lstm', ['n·d²']),
    // Its projections and feed-forward layer cost n·d² as well.
    transformer: fit(times, 'transformer', ['n·d²', 'n²·d']),
  };
  const alone = models.flatMap((model) =>
    (Object.keys(complexities) as Complexity[]).map((name) => [
      notebook.models[model].title,
      `O(${name})`,
      fit(times, model, [name]).rSquared.toFixed(4),
    ]),
  );
  const crossings = crossingsOf(fits.lstm.at, fits.transformer.at, mostPositions);
  const faster = (n: number) => (fits.transformer.at(n) < fits.lstm.at(n) ? 'Transformer' : 'LSTM');
  const [ofLstm, ofTransformer] = models.map((model) => formatNumber(fits[model].at(384)));
  const lead = ofLstm === ofTransformer ? 'both take equally long' : `the ${faster(384)} is faster`;
  const range = [...Array(200).keys()].map(
    (index) => lengths[0] + (index * (lengths[lengths.length - 1] - lengths[0])) / 199,
  );
  return {
    heading: 'Seconds a step against the length',
    blocks: [
      `A step of ${batchSize} rows without padding, both models ${width} wide. At 384 positions ${lead} ` +
        `(${ofLstm} s for the LSTM, ${ofTransformer} s for the Transformer, as fitted). ` +
        `${tellCrossings(crossings, mostPositions, faster)} ` +
        `By the operations that grow with the length alone, n·d² and n²·d meet at n = d = ${width}.`,
      {
        kind: 'lines',
        title: 'Seconds a training step',
        x: { name: 'positions', least: 0 },
        y: { name: 'seconds', least: 0 },
        lines: models.flatMap((model) => {
          const name = notebook.models[model].title;
          return [
            {
              name,
              points: lengths.map((n, index) => [n, seconds[model][index]] as const),
              style: 'points' as const,
            },
            {
              name: `${name}, fitted: a + ${fits[model].complexity.map((term, index) => `${'bc'[index]}·${term}`).join(' + ')}`,
              points: range.map((n) => [n, fits[model].at(n)] as const),
              group: name,
              style: 'dashed' as const,
            },
          ];
        }),
        marks: crossings
          .filter((n) => n < lengths[lengths.length - 1])
          .map((n) => ({ x: n, name: `crossing at ${n}` })),
      },
      'How much of the variance each complexity explains, with a constant beside it:',
      { kind: 'table', head: ['model', 'complexity', 'R²'], rows: alone },
    ],
  };
}
