import type { Example, Feature } from '../../src/data/examples.js';
import { prepareFeatures } from '../../src/data/features.js';
import { readTokenizer, readVocab } from '../../src/data/tokenizer-files.js';
import { notebookSettings } from '../../src/cli/options.js';
import { evaluate } from '../../src/evaluate/evaluate.js';
import type { SquadMetrics } from '../../src/evaluate/metrics.js';
import { startingPoint } from '../../src/hub/pretrained.js';
import { loadModel } from '../../src/models/folder.js';
import { modelKind } from '../../src/models/index.js';
import type { ReaderModel } from '../../src/models/reader-model.js';
import type { Kernels } from '../../src/nn/kernels.js';
import { setNumThreads, useExactArithmetic } from '../../src/runtime.js';
import { train } from '../../src/train/loop.js';
import type { BenchArgs } from './options.js';

/** Answers of one kind of arithmetic, beside those of the default. */
export interface ChangedAnswers extends SquadMetrics {
  readonly variant: string;
  readonly questions: number;
  /** Questions whose best answer is another text. */
  readonly changed: number;
}

const arithmetics: readonly (Kernels & { readonly variant: string })[] = [
  { variant: 'default', fast: false, bf16: false },
  { variant: 'fast', fast: true, bf16: false },
  { variant: 'bf16', fast: true, bf16: true },
];

/** Steps of --fast that a model from random weights has, where none is given: enough that its logits are no noise. */
const warmup = { steps: 300, learningRate: 5e-4 };

/** Answers all questions with each arithmetic, and counts where the text is not the default's. */
export async function countChangedAnswers(
  model: ReaderModel,
  examples: readonly Example[],
  features: readonly Feature[],
  options: { readonly maxSeqLength: number; readonly perDeviceEvalBatchSize: number },
): Promise<ChangedAnswers[]> {
  const counted: ChangedAnswers[] = [];
  let usual: ReadonlyMap<string, string> | undefined;
  for (const { variant, ...kernels } of arithmetics) {
    const { predictions, metrics } = await evaluate(model, examples, features, {
      ...options,
      device: 'cpu',
      kernels,
    });
    usual ??= predictions;
    const changed = examples.filter(({ id }) => predictions.get(id) !== usual?.get(id)).length;
    counted.push({ variant, questions: examples.length, changed, ...(metrics as SquadMetrics) });
  }
  return counted;
}

/** The same of the bench's questions, with the model given, or BERT-mini after a short training on them. */
export async function measureAnswers(
  args: BenchArgs,
  examples: readonly Example[],
): Promise<ChangedAnswers[]> {
  setNumThreads(args.threads);
  useExactArithmetic();
  const settings = notebookSettings;
  const tokenizer =
    args.modelDir === undefined ? await readVocab(args.vocabFile) : await readTokenizer(args.modelDir);
  const features = prepareFeatures(examples, tokenizer, settings);
  const { model } = await (args.modelDir === undefined
    ? shortlyTrained(args, features)
    : loadModel(args.modelDir));
  try {
    return await countChangedAnswers(model, examples, features, settings);
  } finally {
    model.dispose();
  }
}

async function shortlyTrained(
  { vocabFile, quick }: BenchArgs,
  features: readonly Feature[],
): Promise<{ model: ReaderModel }> {
  const start = { modelNameOrPath: 'random', vocabFile, seed: 42 };
  const { model } = await startingPoint(modelKind('bert-mini'), start);
  const options = {
    ...notebookSettings,
    learningRate: warmup.learningRate,
    maxSteps: quick ? 10 : warmup.steps,
    device: 'cpu' as const,
    kernels: { fast: true, bf16: false },
  };
  for await (const { step } of train(model, features, options, () => '')) {
    if (step === options.maxSteps) break;
  }
  return { model };
}

/** A line for each arithmetic but the default. */
export function describeAnswers([usual, ...others]: readonly ChangedAnswers[]): string {
  const score = ({ exact_match, f1 }: ChangedAnswers) => `EM ${exact_match.toFixed(2)}, F1 ${f1.toFixed(2)}`;
  return others
    .map(
      (one) =>
        `--${one.variant} changes ${one.changed} of ${one.questions.toLocaleString('en')} answers: ` +
        `${score(one)} where the default has ${score(usual)}.\n`,
    )
    .join('');
}
