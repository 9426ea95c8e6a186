import { join } from 'node:path';
import { prepareFeatures } from '../data/features.js';
import { saveTokenizer } from '../data/tokenizer-files.js';
import { UsageError } from '../errors.js';
import { writeJsonAtomic } from '../formats/atomic-file.js';
import { cacheDir } from '../setup/paths.js';
import { resolveDataset, type Dataset } from '../hub/datasets.js';
import { defaultCheckpoint, startingPoint } from '../hub/pretrained.js';
import { evaluate } from '../evaluate/evaluate.js';
import { saveModel } from '../models/folder.js';
import { modelKind } from '../models/index.js';
import { describeLoad } from '../models/load-report.js';
import { resolveDevice, runtimeInfo, setNumThreads, useExactArithmetic } from '../runtime.js';
import { availableThreads } from '../setup/threads.js';
import { countSteps } from '../train/loop.js';
import { readValidationExamples, runEvaluation, type EvaluationSummary } from './run-evaluation.js';
import { resolveKernels } from './resolve-kernels.js';
import { resolveSettings, type Settings } from './options.js';
import { formatDuration } from './progress.js';
import { hashFeatures, whereToResume } from './resume.js';
import {
  completeArgs,
  expectSameInputs,
  makeRunRecord,
  readRunRecord,
  writeRunRecord,
  type GivenTrainArgs,
  type RunRecord,
} from './run-record.js';
import type { TrainArgs } from './train.js';
import { checkEvaluationArgs, type EvaluationPlan } from './train-evaluations.js';
import { trainWithCheckpoints } from './train-with-checkpoints.js';
import { describeSettings, trainingOptions } from './training-options.js';
import { readTrainingExamples } from './training-examples.js';

/** What a run had, and what came of it. */
export interface TrainingRun {
  readonly outputDir: string;
  readonly dataset: Dataset;
  readonly settings: Settings;
  /** The model's, as its kind has it. */
  readonly config: object;
  readonly counts: TrainingCounts;
  /** train_results.json. */
  readonly results: Readonly<Record<string, number>>;
  /** Undefined where nothing was evaluated. */
  readonly evaluation: EvaluationSummary | undefined;
}

export interface TrainingCounts {
  readonly vocabulary: number;
  readonly parameters: number;
  readonly questions: number;
  readonly features: number;
  readonly stepsPerEpoch: number;
  readonly totalSteps: number;
}

/** `qa-native train`. */
export async function runTraining(given: GivenTrainArgs): Promise<void> {
  const { args, again } = await completeArgs(given);
  const { outputDir, dataset, results, evaluation } = await trainAndEvaluate(args, (record) => {
    if (again !== undefined) expectSameInputs(again, record, given);
  });
  if (args.json) {
    process.stdout.write(
      `${JSON.stringify({ ...results, ...evaluation?.metrics, output_dir: outputDir })}\n`,
    );
  } else if (evaluation !== undefined) {
    process.stdout.write(`${whatNext(outputDir, args.model, dataset)}\n`);
  }
}

/**
 * Data, model, loop, files, score.
 * @param check looks at what goes in before training begins
 */
export async function trainAndEvaluate(
  args: TrainArgs,
  check: (record: RunRecord) => void = () => undefined,
): Promise<TrainingRun> {
  const kind = modelKind(args.model);
  const isEvaluated = args.eval || (args.evalStrategy ?? 'no') !== 'no';
  const dataset = await resolveDataset(args, cacheDir(), isEvaluated ? ['train', 'validation'] : ['train']);
  if (dataset.trainFile === undefined)
    throw new UsageError('Expected --train-file or --dataset, but neither came.');
  const settings = resolveSettings(dataset.settings, { ...args });
  checkEvaluationArgs(args, settings.earlyStoppingPatience, dataset.validationFile);
  const device = resolveDevice(args.device);
  setNumThreads(args.threads ?? availableThreads());
  useExactArithmetic();
  const kernels = resolveKernels(args, device);
  if (kernels.fast && settings.labelSmoothing > 0) {
    throw new UsageError(
      'Expected --label-smoothing without --fast, whose loss has no padding to smooth over, but both came; leave one out.',
    );
  }
  const say = (text: string) => {
    if (!args.json) process.stdout.write(`${text}\n`);
  };

  const version2WithNegative = args.version2WithNegative ?? dataset.version2WithNegative;
  // What could not be scored in the end is refused before hours of training.
  const validation =
    isEvaluated && dataset.validationFile !== undefined
      ? await readValidationExamples(dataset.validationFile, version2WithNegative)
      : [];
  const outputDir = args.outputDir ?? join('runs', args.model);
  const resumed = await whereToResume(args, outputDir);
  const { examples } = await readTrainingExamples(
    dataset.trainFile,
    args.maxTrainSamples,
    version2WithNegative,
  );
  const start = resumed?.folder ?? args.modelNameOrPath ?? defaultStart(args.model, dataset);
  const { model, config, tokenizer, report } = await startingPoint(kind, {
    modelNameOrPath: start,
    configName: args.configName,
    ...(resumed === undefined ? chooseVocabulary(args, start, dataset) : {}),
    seed: args.seed,
  });
  const features = prepareFeatures(examples, tokenizer, settings);

  // A run that goes on is recorded as it began, wherever it goes on.
  const { trainFile, validationFile } = dataset;
  const files = { 'train file': trainFile, 'validation file': validationFile };
  const record =
    resumed === undefined
      ? await makeRunRecord(args, { ...settings, version2WithNegative, device }, files, { model, tokenizer })
      : await readRunRecord(resumed.folder);
  if (resumed === undefined) check(record);
  await writeRunRecord(outputDir, record);

  const options = trainingOptions(settings, args.lrSchedulerType ?? 'linear', device, kernels);
  const { rowsPerStep, stepsPerEpoch, totalSteps } = countSteps(features.length, options);
  const counts: TrainingCounts = {
    vocabulary: tokenizer.vocabulary.length,
    parameters: model.numParameters(),
    questions: examples.length,
    features: features.length,
    stepsPerEpoch,
    totalSteps,
  };
  const { torchVersion, threads, cpuCapability } = runtimeInfo();
  say(
    `Training ${args.model} (${counts.parameters.toLocaleString('en')} parameters) on ${dataset.name}: ` +
      `${examples.length} questions, ${features.length} features, ${totalSteps} steps of ${rowsPerStep}.`,
  );
  say(describeSettings(settings, args.seed));
  say(`LibTorch ${torchVersion} on ${device === 'cpu' ? `${threads} threads (${cpuCapability})` : device}.`);
  if (report !== undefined) {
    describeLoad(report, model.constructor.name, start).forEach(say);
  }

  const saveRun = async (folder: string) => {
    await saveModel(folder, kind, config, model);
    await saveTokenizer(folder, tokenizer);
    await writeJsonAtomic(join(folder, 'preparation.json'), pickPreparation(settings));
    await writeRunRecord(folder, record);
  };
  const planEvaluations = (everySteps: number): EvaluationPlan => {
    const windows = prepareFeatures(validation, tokenizer, settings);
    const evaluation = { ...settings, version2WithNegative, device, kernels };
    return {
      everySteps,
      metric: args.metricForBestModel ?? 'f1',
      loadBest: args.loadBestModelAtEnd ?? false,
      patience: settings.earlyStoppingPatience,
      evaluate: async (onBatch) => (await evaluate(model, validation, windows, evaluation, onBatch)).metrics,
      save: saveRun,
    };
  };
  if (resumed !== undefined) say(`Going on from ${resumed.folder}.`);
  const everySteps = { no: 0, steps: settings.evalSteps, epoch: stepsPerEpoch }[args.evalStrategy ?? 'no'];
  const { steps, seconds, lossSum } = await trainWithCheckpoints({
    model,
    features,
    options,
    ...settings,
    nameOf: (feature) => examples[feature.exampleIndex]?.id ?? '?',
    outputDir,
    resumed,
    evaluation: everySteps === 0 ? undefined : planEvaluations(everySteps),
    reportTo: args.reportTo ?? 'none',
    asked: {
      model: args.model,
      seed: args.seed,
      tf32: args.tf32 ?? false,
      docStride: settings.docStride,
      features: hashFeatures(features),
      ...options,
    },
    saveRun,
    say,
  });
  const results = {
    epoch: steps / stepsPerEpoch,
    train_loss: lossSum / steps,
    train_runtime: seconds,
    train_samples: features.length,
    train_samples_per_second: (steps * rowsPerStep) / seconds,
    train_steps_per_second: steps / seconds,
  };
  await saveRun(outputDir);
  await writeJsonAtomic(join(outputDir, 'train_results.json'), results);
  say(`Trained in ${formatDuration(seconds)}; the model is in ${outputDir}.`);

  const evaluation =
    args.eval && dataset.validationFile !== undefined
      ? await runEvaluation({
          model,
          tokenizer,
          file: dataset.validationFile,
          version2WithNegative,
          outputDir,
          settings,
          device,
          kernels,
          say,
        })
      : undefined;
  model.dispose();
  return { outputDir, dataset, settings, config, counts, results, evaluation };
}

/** BERT starts from a checkpoint, but on the sample from random weights, like the other models always. */
export function defaultStart(model: string, dataset: Dataset): string {
  return model === 'bert-mini' && dataset.name !== 'sample' ? defaultCheckpoint : 'random';
}

/** The vocabulary that the flags name, else for random weights the data set's; a checkpoint has its own. */
export function chooseVocabulary(
  { vocabFile, tokenizerName }: Pick<TrainArgs, 'vocabFile' | 'tokenizerName'>,
  start: string,
  dataset: Dataset,
) {
  const isGiven = vocabFile !== undefined || tokenizerName !== undefined;
  return isGiven || start !== 'random' ? { vocabFile, tokenizerName } : { vocabFile: dataset.vocabFile };
}

/** What evaluation and prediction have to cut windows by, so that they need not be told again. */
function pickPreparation({ maxSeqLength, docStride }: Settings): object {
  return { maxSeqLength, docStride };
}

function whatNext(outputDir: string, model: string, dataset: Dataset): string {
  const predict = `npx qa-native predict --model-dir ${outputDir} --question "…" --context "…"`;
  const next =
    dataset.name === 'sample'
      ? `npx qa-native train ${model} --train-file train-v1.1.json --validation-file dev-v1.1.json`
      : `npx qa-native eval --model-dir ${outputDir} --validation-file …`;
  return `\nNext:\n  ${predict}\n  ${next}`;
}
