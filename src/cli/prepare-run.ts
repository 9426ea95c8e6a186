import { join } from 'node:path';
import type { Example, Feature } from '../data/examples.js';
import { UsageError } from '../errors.js';
import { resolveDataset, type Dataset } from '../hub/datasets.js';
import { defaultCheckpoint } from '../hub/default-checkpoint.js';
import { startingPoint, type StartingPoint } from '../hub/pretrained.js';
import { checkPositions } from '../models/check-sizes.js';
import { modelKind, type AnyModelKind } from '../models/index.js';
import type { Kernels } from '../nn/kernels.js';
import { expectNumber, seedRange } from '../number-range.js';
import { resolveDevice, setNumThreads, useExactArithmetic } from '../runtime.js';
import { cacheDir } from '../setup/paths.js';
import { availableThreads } from '../setup/threads.js';
import type { Device } from '../tensor.js';
import { listCheckpoints, type Checkpoint } from '../train/checkpoint.js';
import type { TrainingOptions } from '../train/options.js';
import { featuresOf } from './features-of.js';
import { expectFree } from './folder-lock.js';
import { resolveSettings, type Settings } from './options.js';
import { resolveKernels } from './resolve-kernels.js';
import { whereToResume } from './resume.js';
import { readValidationExamples } from './run-evaluation.js';
import { readRunRecord, type RunRecord } from './read-run-record.js';
import { makeRunRecord, recordScoring, sayWhatDiffers, thisMachine } from './run-record.js';
import { checkEvaluationArgs, expectQuestions } from './train-evaluations.js';
import type { TrainArgs } from './train-options.js';
import { checkSampleLimit, readTrainingExamples } from './training-examples.js';
import { trainingOptions } from './training-options.js';

/** All that a run has before its first step. */
export interface PreparedRun extends StartingPoint {
  readonly args: TrainArgs;
  readonly kind: AnyModelKind;
  readonly dataset: Dataset;
  readonly settings: Settings;
  readonly version2WithNegative: boolean;
  readonly device: Device;
  readonly kernels: Kernels;
  readonly outputDir: string;
  /** Those that were there when it was decided what the run goes on from. */
  readonly checkpoints: readonly string[];
  /** What the run goes on from. */
  readonly resumed: Checkpoint | undefined;
  /** What the weights come from: a checkpoint, a model of the hub, a folder, or `random`. */
  readonly start: string;
  readonly examples: readonly Example[];
  readonly features: readonly Feature[];
  /** The questions to evaluate on; none where nothing is evaluated. */
  readonly validation: readonly Example[];
  readonly options: TrainingOptions;
  readonly record: RunRecord;
}

/**
 * Reads and checks all that a run needs, flags first; writes nothing.
 * @param check looks at a new run's record
 */
export async function prepareRun(args: TrainArgs, check: (record: RunRecord) => void): Promise<PreparedRun> {
  const kind = modelKind(args.model);
  const isEvaluated = args.eval || (args.evalStrategy ?? 'no') !== 'no';
  // What makes no sense or is not here should not cost a download.
  expectNumber('--seed', args.seed, seedRange);
  checkSampleLimit('--max-train-samples', args.maxTrainSamples);
  checkSampleLimit('--max-eval-samples', args.maxEvalSamples);
  expectOneTokenizer(args);
  const asked = resolveSettings({}, { ...args });
  checkEvaluationArgs(args, asked.earlyStoppingPatience);
  const { device, kernels } = chooseArithmetic(args, asked);
  const dataset = await resolveDataset(args, cacheDir(), isEvaluated ? ['train', 'validation'] : ['train']);
  const { trainFile, validationFile } = dataset;
  if (trainFile === undefined) throw new UsageError('Expected --train-file or --dataset, but neither came.');
  const settings = resolveSettings(dataset.settings, { ...args });
  expectQuestions(args, validationFile);
  const version2WithNegative = args.version2WithNegative ?? dataset.version2WithNegative;

  // What could not be scored in the end is refused before hours of training.
  const validation =
    isEvaluated && validationFile !== undefined
      ? await readValidationExamples(validationFile, version2WithNegative, args.maxEvalSamples)
      : [];
  const outputDir = args.outputDir ?? join('runs', args.model);
  expectFree(outputDir);
  const checkpoints = await listCheckpoints(outputDir);
  const resumed = await whereToResume(args, outputDir);
  const { examples } = await readTrainingExamples(trainFile, args.maxTrainSamples, version2WithNegative);
  const start = resumed?.folder ?? args.modelNameOrPath ?? defaultStart(args.model, dataset);
  if (args.configName !== undefined && resumed === undefined && start !== 'random') {
    throw new UsageError(
      `Expected --config-name with --model-name-or-path random, as ${start} has its own config.json; leave one out.`,
    );
  }
  const started = await startingPoint(kind, {
    modelNameOrPath: start,
    configName: args.configName,
    ...(resumed === undefined ? chooseVocabulary(args, start, dataset) : {}),
    seed: args.seed,
  });
  checkPositions(settings.maxSeqLength, started.config);
  const features = await featuresOf(examples, started.tokenizer, settings);

  // A run that goes on is recorded as it began, wherever it goes on, but for what it is scored on.
  const files = { 'train file': trainFile, 'validation file': validationFile };
  const record =
    resumed === undefined
      ? await makeRunRecord(args, { ...settings, version2WithNegative, device }, files, started)
      : await recordScoring(await readRunRecord(resumed.folder), args);
  if (resumed === undefined) check(record);
  else sayWhatDiffers(record, thisMachine());

  const { padTokenId } = started.tokenizer;
  const options = trainingOptions(settings, args.lrSchedulerType ?? 'linear', device, kernels, padTokenId);
  const data = { dataset, version2WithNegative, examples, features, validation };
  const arithmetic = { settings, device, kernels, options };
  return { args, kind, ...started, ...data, ...arithmetic, outputDir, checkpoints, resumed, start, record };
}

function expectOneTokenizer({ vocabFile, tokenizerName }: TrainArgs): void {
  if (vocabFile === undefined || tokenizerName === undefined) return;
  throw new UsageError('Expected --vocab-file or --tokenizer-name, but both came; leave one out.');
}

/** Where and with what kernels the process computes from here on. */
function chooseArithmetic(args: TrainArgs, settings: Settings): { device: Device; kernels: Kernels } {
  const device = resolveDevice(args.device);
  setNumThreads(args.threads ?? availableThreads());
  useExactArithmetic();
  const kernels = resolveKernels(args, device);
  if (kernels.fast && settings.labelSmoothing > 0) {
    throw new UsageError(
      'Expected --label-smoothing without --fast, whose loss has no padding to smooth over, but both came; leave one out.',
    );
  }
  return { device, kernels };
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
