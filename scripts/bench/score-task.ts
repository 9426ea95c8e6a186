import { basename, resolve } from 'node:path';
import { resolveSettings } from '../../src/cli/options.js';
import { prepareFeatures } from '../../src/data/features.js';
import { readExamples } from '../../src/data/read-examples.js';
import { readTokenizer } from '../../src/data/tokenizer-files.js';
import { UsageError } from '../../src/errors.js';
import { modelFolder } from '../../src/hub/model-folder.js';
import { checkPositions } from '../../src/models/check-sizes.js';
import { readModelConfig } from '../../src/models/folder.js';
import { resolveDevice } from '../../src/runtime.js';
import { countSteps } from '../../src/train/loop.js';
import { splitByArticle, spreadOver, titlesOf } from './article-split.js';
import type { ScoreSettings } from './kept-scores.js';
import type { BenchArgs } from './options.js';
import { checkCount } from './score-options.js';
import type { ScoreTask } from './score-run.js';

/** Reads and cuts all that the runs share. */
export async function prepareTask(args: BenchArgs): Promise<ScoreTask> {
  if (args.modelNameOrPath === undefined || args.modelNameOrPath === 'random') {
    throw new UsageError(
      `Expected --model-name-or-path with --scores, for random weights would learn too little to tell, got ${args.modelNameOrPath ?? 'none'}; ` +
        'give the folder of a BERT, or its name on the hub.',
    );
  }
  checkCount('max-train-samples', args.maxTrainSamples);
  checkCount('max-eval-samples', args.maxEvalSamples);
  const device = resolveDevice(args.device);
  const settings = resolveSettings({}, { ...args });
  const folder = await modelFolder(args.modelNameOrPath);
  const { kind, config } = await readModelConfig(folder);
  checkPositions(settings.maxSeqLength, config);
  const split = splitByArticle((await readExamples(args.trainFile)).examples);
  const training = spreadOver(split.training, args.maxTrainSamples);
  const heldOut = spreadOver(split.heldOut, args.maxEvalSamples);
  const tokenizer = await readTokenizer(folder);
  const [features, heldOutFeatures] = [training, heldOut].map((examples) =>
    prepareFeatures(examples, tokenizer, settings),
  );
  return { folder, kind, training, heldOut, features, heldOutFeatures, settings, device };
}

/** What a file of scores says of the runs that are to come. */
export function describeTask(args: BenchArgs, task: ScoreTask): ScoreSettings {
  const { settings, training, heldOut, features, device } = task;
  return {
    model: basename(resolve(args.modelNameOrPath ?? '')),
    train_file: basename(args.trainFile),
    articles: titlesOf(training).length,
    questions: training.length,
    features: features.length,
    held_out_articles: titlesOf(heldOut).length,
    held_out_questions: heldOut.length,
    num_train_epochs: settings.numTrainEpochs,
    steps: countSteps(features.length, settings).totalSteps,
    batch_size: settings.perDeviceTrainBatchSize,
    max_seq_length: settings.maxSeqLength,
    doc_stride: settings.docStride,
    learning_rate: settings.learningRate,
    warmup_ratio: settings.warmupRatio,
    device,
    threads: args.threads,
  };
}
