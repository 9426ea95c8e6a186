import type { Feature } from '../../src/data/examples.js';
import { modelKind } from '../../src/models/index.js';
import type { ReaderModel } from '../../src/models/reader-model.js';
import { manualSeed } from '../../src/random.js';
import type { StepLog } from '../../src/train/loop.js';
import type { TrainingOptions } from '../../src/train/options.js';
import { readFixture, type Encoded, type Fixture } from '../fixture.js';

// Whole runs of scripts/reference/notebook.py on a tiny data set, as the fixture records them.

/** A feature without padding and offsets. */
type Window = Omit<Feature, 'exampleIndex' | 'offsets' | 'inputIds'> & {
  readonly inputIds: readonly number[];
};

interface RunsFixture extends Fixture {
  readonly settings: Readonly<Record<string, number>>;
  readonly vocabulary: readonly string[];
  /** SQuAD JSON. */
  readonly train: unknown;
  readonly validation: unknown;
  readonly trainWindows: readonly Window[];
  readonly validationWindows: readonly Window[];
  readonly runs: readonly {
    readonly model: string;
    readonly config: Readonly<Record<string, unknown>>;
    readonly log: readonly StepLog[];
    /** By validation window. */
    readonly startLogits: readonly Encoded[];
    readonly endLogits: readonly Encoded[];
    /** The answer's text by question id. */
    readonly predictions: Readonly<Record<string, string>>;
    readonly score: { readonly exact_match: number; readonly f1: number };
  }[];
}

export const fixture = readFixture('train/runs.json') as RunsFixture;
const { settings } = fixture;

export const preparation = {
  maxSeqLength: settings['max_seq_length'],
  docStride: settings['doc_stride'],
};

export const options: TrainingOptions = {
  maxSeqLength: settings['max_seq_length'],
  perDeviceTrainBatchSize: settings['batch_size'],
  learningRate: settings['learning_rate'],
  numTrainEpochs: 2,
  maxSteps: settings['max_steps'],
  warmupSteps: settings['warmup_steps'],
  maxGradNorm: settings['max_grad_norm'],
  device: 'cpu',
};

const featureOf = (window: Window, exampleIndex: number): Feature => ({
  ...window,
  exampleIndex,
  inputIds: Int32Array.from(window.inputIds),
  offsets: new Int32Array(),
});
export const trainFeatures = fixture.trainWindows.map(featureOf);
export const validationFeatures = fixture.validationWindows.map(featureOf);

export const nameOf = ({ exampleIndex }: Feature) => `question-${exampleIndex}`;

/** A model of the fixture, right after the seed was set. */
export function tinyModel(name: string): ReaderModel {
  const kind = modelKind(name);
  const run = fixture.runs.find(({ model }) => model === name);
  manualSeed(settings['seed']);
  return kind.create(kind.parseConfig({ ...run?.config }, 'the fixture'));
}
