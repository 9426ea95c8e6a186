import { Progress } from '../../src/cli/progress.js';
import type { Settings } from '../../src/cli/options.js';
import type { Feature } from '../../src/data/examples.js';
import { evaluate } from '../../src/evaluate/evaluate.js';
import type { SquadMetrics } from '../../src/evaluate/metrics.js';
import { startingPoint } from '../../src/hub/pretrained.js';
import type { AnyModelKind } from '../../src/models/index.js';
import type { Device } from '../../src/tensor.js';
import { countSteps, train } from '../../src/train/loop.js';
import { chooseKernels, type Arithmetic, type ArithmeticName } from './arithmetics.js';
import type { ArticleSplit } from './article-split.js';

/** What all runs of a measurement have in common. */
export interface ScoreTask extends ArticleSplit {
  /** The folder of the weights that training starts from. */
  readonly folder: string;
  readonly kind: AnyModelKind;
  /** Windows of `training` and of `heldOut`. */
  readonly features: readonly Feature[];
  readonly heldOutFeatures: readonly Feature[];
  readonly settings: Settings;
  readonly device: Device;
}

/** What came of one run. */
export interface Score extends SquadMetrics {
  readonly seed: number;
  readonly arithmetic: ArithmeticName;
}

/** Trains by the notebook's recipe and scores the held-out questions, both with one arithmetic, as `train` does. */
export async function trainAndScore(task: ScoreTask, arithmetic: Arithmetic, seed: number): Promise<Score> {
  const { folder, kind, training, heldOut, features, heldOutFeatures, device } = task;
  const options = { ...task.settings, device, kernels: chooseKernels(arithmetic, device) };
  const label = `${arithmetic.name}, seed ${seed}:`;
  // What the checkpoint lacks, such as the span head, is drawn from the seed.
  const { model } = await startingPoint(kind, { modelNameOrPath: folder, seed });
  try {
    const steps = new Progress(`${label} training`, countSteps(features.length, options).totalSteps, 'step');
    for await (const { step, loss } of train(
      model,
      features,
      options,
      (row) => training[row.exampleIndex].id,
    )) {
      steps.update(step, `loss ${loss.toFixed(3)}`);
    }
    const windows = new Progress(`${label} scoring`, heldOutFeatures.length, 'window');
    const { metrics } = await evaluate(model, heldOut, heldOutFeatures, options, (done) => {
      windows.update(done);
    });
    return { seed, arithmetic: arithmetic.name, ...(metrics as SquadMetrics) };
  } finally {
    model.dispose();
  }
}
