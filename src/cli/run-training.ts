import { createHash } from 'node:crypto';
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { countOf, number } from '../counts.js';
import type { Example } from '../data/examples.js';
import { saveTokenizer } from '../data/tokenizer-files.js';
import { evaluate, removeEvaluation } from '../evaluate/evaluate.js';
import { writeJsonAtomic } from '../formats/atomic-file.js';
import { saveModel } from '../models/folder.js';
import { describeLoad } from '../models/load-report.js';
import { runtimeInfo } from '../runtime.js';
import { countSteps } from '../train/loop.js';
import { featuresOf } from './features-of.js';
import { Interrupted, leavable, type Interrupt } from './interrupt.js';
import { whileAlone } from './folder-lock.js';
import { prepareRun, type PreparedRun } from './prepare-run.js';
import { formatDuration } from './progress.js';
import { expectUntouched, hashFeatures } from './resume.js';
import { runEvaluation, type EvaluationSummary } from './run-evaluation.js';
import type { RunRecord } from './read-run-record.js';
import { completeArgs, expectSameInputs, writeRunRecord, type GivenTrainArgs } from './run-record.js';
import type { EvaluationPlan } from './train-evaluations.js';
import type { TrainArgs } from './train-options.js';
import { trainWithCheckpoints } from './train-with-checkpoints.js';
import { describeSettings } from './training-options.js';
import { howToScore, whatNext } from './what-next.js';

/** What a run had, and what came of it. */
export interface TrainingRun extends Pick<PreparedRun, 'outputDir' | 'dataset' | 'settings' | 'config'> {
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
    process.stdout.write(`${whatNext(outputDir, args.model, dataset.name)}\n`);
  }
}

const beforeTheFirstStep =
  'ended before the first step; what was downloaded is kept, give the same command again.';

/**
 * Data, model, loop, files, score.
 * @param check looks at what goes in before training begins
 */
export async function trainAndEvaluate(
  args: TrainArgs,
  check: (record: RunRecord) => void = () => undefined,
): Promise<TrainingRun> {
  const run = await leavable(beforeTheFirstStep, () => prepareRun(args, check));
  return whileAlone(run.outputDir, async () => {
    await expectUntouched(run.outputDir, run.checkpoints);
    return carryOut(run);
  });
}

/** What is left to do once all is known to be there. */
async function carryOut(run: PreparedRun): Promise<TrainingRun> {
  const { args, outputDir, dataset, settings, config, model } = run;
  const say = (text: string) => {
    if (!args.json) process.stdout.write(`${text}\n`);
  };
  describeRun(run).forEach(say);
  // A model that is there stays, with its record, until this run's takes its place.
  if (!existsSync(join(outputDir, 'model.safetensors'))) await writeRunRecord(outputDir, run.record);
  const { results, signal } = await trainRun(run, say);
  const { validationFile } = dataset;
  const modelIsWhole = howToScore(outputDir, validationFile, args.maxEvalSamples);
  const evaluation = await leavable(modelIsWhole, async () => {
    await writeJsonAtomic(join(outputDir, 'train_results.json'), results);
    if (signal !== undefined) throw new Interrupted(signal, `Stopped after the last step; ${modelIsWhole}`);
    if (!args.eval || validationFile === undefined) return undefined;
    return runEvaluation({ ...run, say });
  });
  const counts = countRun(run);
  model.dispose();
  return { outputDir, dataset, settings, config, counts, results, evaluation };
}

/** Trains, and writes the model. Gives train_results.json, and a signal that came in the last step. */
async function trainRun(
  run: PreparedRun,
  say: (text: string) => void,
): Promise<{ results: Record<string, number>; signal: Interrupt['signal'] }> {
  const { args, settings, options, examples, features, outputDir } = run;
  const { rowsPerStep, stepsPerEpoch } = countSteps(features.length, options);
  const evaluation = await planEvaluations(run);
  const { steps, seconds, lossSum, signal } = await trainWithCheckpoints({
    ...run,
    ...settings,
    fresh: () => run.kind.create(run.config),
    nameOf: (feature) => examples[feature.exampleIndex]?.id ?? '?',
    evaluation,
    reportTo: args.reportTo ?? 'none',
    asked: {
      model: args.model,
      seed: args.seed,
      tf32: args.tf32 ?? false,
      docStride: settings.docStride,
      features: hashFeatures(features),
      // Scores of other questions, or by another measure, say nothing of which model is the best.
      ...(evaluation?.loadBest === true ? { bestBy: bestBy(evaluation, run.validation) } : {}),
      ...options,
    },
    saveRun: (folder) => saveRun(folder, run),
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
  await saveRun(outputDir, run);
  await removeEvaluation(outputDir);
  say(`Trained in ${formatDuration(seconds)}; the model is in ${outputDir}.`);
  return { results, signal };
}

function bestBy({ metric, everySteps }: EvaluationPlan, validation: readonly Example[]): string {
  const questions = createHash('sha256').update(JSON.stringify(validation)).digest('hex');
  return `${metric} every ${everySteps} steps on ${validation.length} questions (${questions.slice(0, 16)})`;
}

/** The model as it is, with all that it takes to use it. */
async function saveRun(folder: string, run: PreparedRun): Promise<void> {
  await saveModel(folder, run.kind, run.config, run.model);
  await saveTokenizer(folder, run.tokenizer);
  // What evaluation and prediction have to cut windows by, so that they need not be told again.
  const { maxSeqLength, docStride } = run.settings;
  await writeJsonAtomic(join(folder, 'preparation.json'), { maxSeqLength, docStride });
  await writeRunRecord(folder, run.record);
}

/** The evaluations on the way; undefined for none. */
async function planEvaluations(run: PreparedRun): Promise<EvaluationPlan | undefined> {
  const { args, settings, model, tokenizer, validation, version2WithNegative, device, kernels } = run;
  const { stepsPerEpoch, totalSteps } = countSteps(run.features.length, run.options);
  const everySteps = { no: 0, steps: settings.evalSteps, epoch: stepsPerEpoch }[args.evalStrategy ?? 'no'];
  if (everySteps === 0) return undefined;
  const windows = await featuresOf(validation, tokenizer, settings);
  const { padTokenId } = tokenizer;
  const options = { ...settings, padTokenId, version2WithNegative, device, kernels };
  return {
    everySteps,
    ...(args.evalStrategy === 'epoch' ? { lastStep: totalSteps } : {}),
    metric: args.metricForBestModel ?? 'f1',
    loadBest: args.loadBestModelAtEnd ?? false,
    patience: settings.earlyStoppingPatience,
    evaluate: async (onBatch) => (await evaluate(model, validation, windows, options, onBatch)).metrics,
    save: (folder) => saveRun(folder, run),
  };
}

function countRun({ tokenizer, model, examples, features, options }: PreparedRun): TrainingCounts {
  const { stepsPerEpoch, totalSteps } = countSteps(features.length, options);
  return {
    vocabulary: tokenizer.vocabulary.length,
    parameters: model.numParameters(),
    questions: examples.length,
    features: features.length,
    stepsPerEpoch,
    totalSteps,
  };
}

/** What is trained, on what, and with what, a line each. */
function describeRun(run: PreparedRun): string[] {
  const { args, dataset, settings, options, device, model, report, resumed, start } = run;
  const { parameters, questions, features, totalSteps } = countRun(run);
  const { rowsPerStep } = countSteps(features, options);
  const { torchVersion, threads, cpuCapability } = runtimeInfo();
  const cpu = `${countOf(threads, 'thread')} (${cpuCapability})`;
  return [
    `Training ${args.model} (${number(parameters)} parameters) on ${dataset.name}: ` +
      `${questions} questions, ${features} features, ${totalSteps} steps of ${rowsPerStep}.`,
    describeSettings(settings, args.seed),
    `LibTorch ${torchVersion} on ${device === 'cpu' ? cpu : device}.`,
    ...(report === undefined ? [] : describeLoad(report, model.constructor.name, start)),
    ...(resumed === undefined ? [] : [`Going on from ${resumed.folder}.`]),
  ];
}
