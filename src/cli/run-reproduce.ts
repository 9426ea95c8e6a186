import { join } from 'node:path';
import { isDeepStrictEqual } from 'node:util';
import { UsageError } from '../errors.js';
import { writeFileAtomic, writeJsonAtomic } from '../formats/atomic-file.js';
import { resolveDataset } from '../hub/datasets.js';
import { modelKind, modelNames, type ModelName } from '../models/index.js';
import { atLeastOne, expectNumber, seedRange } from '../number-range.js';
import { checkCounts, compare, comparisonTable, whatDiffers } from '../reproduce/comparison.js';
import type { Asked } from '../reproduce/kept-file.js';
import { keepPart } from '../reproduce/kept-part.js';
import { notebook } from '../reproduce/notebook.js';
import type { Part } from '../reproduce/part.js';
import { renderMarkdown } from '../report/markdown.js';
import { renderPage } from '../report/page.js';
import { textTable } from '../reproduce/text-table.js';
import { resolveDevice, setNumThreads, useExactArithmetic } from '../runtime.js';
import { cacheDir } from '../setup/paths.js';
import { availableThreads } from '../setup/threads.js';
import { listCheckpoints } from '../train/checkpoint.js';
import { kebab, notebookSettings, resolveSettings, type Settings } from './options.js';
import type { ReproduceArgs } from './reproduce-options.js';
import { askedFor, makeReport, readLosses, vocabularyOf } from './reproduction-report.js';
import { trainAndEvaluate } from './run-training.js';
import { checkSampleLimit } from './training-examples.js';

/** `qa-native reproduce`: each model with each seed, then the table. What is wrong with it is said after it is written. */
export async function runReproduce(args: ReproduceArgs): Promise<void> {
  const names = parseModels(args.models);
  const seeds = parseSeeds(args);
  // What makes no sense or is not here should not cost a download.
  resolveSettings({}, { ...args });
  checkSampleLimit('--max-train-samples', args.maxTrainSamples);
  checkSampleLimit('--max-eval-samples', args.maxEvalSamples);
  resolveDevice(args.device);
  // Also for experiments beside parts that are kept from before.
  setNumThreads(args.threads ?? availableThreads());
  useExactArithmetic();
  const { trainFile, validationFile } = await resolveDataset(args, cacheDir());
  if (trainFile === undefined || validationFile === undefined) {
    throw new UsageError(
      'Expected --train-file and --validation-file, or a --dataset, got one of the files.',
    );
  }
  const say = (text: string) => {
    if (!args.json) process.stdout.write(`${text}\n`);
  };

  const parts: Part[] = [];
  for (const model of names) {
    const { problem, title } = notebook.models[model];
    for (const seed of seeds) {
      say(`\n# Problem ${problem}. ${title}, seed ${seed}`);
      const folder = join(args.outputDir, model, `seed-${seed}`);
      const { part, kept } = await keepPart(folder, askedOf(args, model, seed), () =>
        run(args, model, seed, folder),
      );
      if (kept) say(`Kept from before: ${folder}`);
      parts.push(part);
    }
  }

  const tables = names.map((model) => compare(parts.filter((part) => part.model === model)));
  const differs = whatDiffers(parts);
  const rows = tables.flat();
  await writeJsonAtomic(join(args.outputDir, 'reproduce.json'), { parts, rows, differs });
  const report = await makeReport(args, { parts, rows, differs });
  await writeFileAtomic(join(args.outputDir, 'report.html'), renderPage(report));
  await writeFileAtomic(join(args.outputDir, 'report.md'), renderMarkdown(report));
  if (args.json) process.stdout.write(`${JSON.stringify({ parts, rows, differs })}\n`);
  const table = comparisonTable(rows);
  say(`\n${textTable(table.head, table.rows)}`);
  say(`\nThe report is in ${join(args.outputDir, 'report.html')} and report.md.`);
  if (differs.length > 0) say(`\nA smaller run than the notebook's: ${differs.join('; ')}.`);
  checkCounts(rows);
}

function parseModels(list: string): ModelName[] {
  const names = list.split(',').map((name) => name.trim());
  for (const name of names) modelKind(name);
  return modelNames.filter((name) => names.includes(name));
}

function parseSeeds({ seeds, seed }: ReproduceArgs): number[] {
  expectNumber('--seeds', seeds, atLeastOne);
  expectNumber('--seed', seed, seedRange);
  return Array.from({ length: seeds }, (_, index) => seed + index);
}

/** All that decides what comes of a part: one that was asked for otherwise is another. */
function askedOf(args: ReproduceArgs, model: ModelName, seed: number): Asked {
  return { ...askedFor(args), model, seed };
}

async function run(args: ReproduceArgs, model: ModelName, seed: number, folder: string): Promise<Part> {
  const { settings, config, counts, results, evaluation } = await trainAndEvaluate({
    ...ofTraining(args),
    ...startOf(args, model),
    model,
    seed,
    outputDir: folder,
    eval: true,
    version2WithNegative: false,
    // One that was killed on the way goes on where it was.
    resumeFromCheckpoint: (await listCheckpoints(folder)).length > 0 ? '' : undefined,
    overwriteOutputDir: false,
  });
  if (evaluation === undefined || !('exact_match' in evaluation.metrics)) {
    throw new Error(`Expected ${folder} to be scored as SQuAD v1.1 is.`);
  }
  const kind = modelKind(model);
  return {
    model,
    seed,
    vocabulary: counts.vocabulary,
    parameters: counts.parameters,
    notebookSizes: isDeepStrictEqual(kind.toJson(config), kind.toJson(kind.preset(counts.vocabulary))),
    settings: otherSettings(settings),
    train: {
      questions: counts.questions,
      features: counts.features,
      stepsPerEpoch: counts.stepsPerEpoch,
      steps: counts.totalSteps,
      minutes: results['train_runtime'] / 60,
    },
    validation: {
      questions: evaluation.questions,
      features: evaluation.features,
      batches: Math.ceil(evaluation.features / settings.perDeviceEvalBatchSize),
      minutes: evaluation.seconds / 60,
    },
    losses: await readLosses(folder, settings.loggingSteps),
    exactMatch: evaluation.metrics.exact_match,
    f1: evaluation.metrics.f1,
  };
}

/** The flags that `train` has too: a part's run.json is one that --from-run can do again. */
function ofTraining(args: ReproduceArgs): ReproduceArgs {
  return Object.fromEntries(
    Object.entries(args).filter(([name]) => !['models', 'seeds', 'experiments'].includes(name)),
  ) as unknown as ReproduceArgs;
}

/** BERT-mini starts from the checkpoint, the other two at random; the checkpoint's vocabulary is that of all. */
function startOf(args: ReproduceArgs, model: ModelName) {
  if (model === 'bert-mini') return {};
  return { modelNameOrPath: 'random', configName: undefined, ...vocabularyOf(args) };
}

/** Settings that change no figure. */
const changesNothing: readonly string[] = ['loggingSteps', 'saveSteps', 'saveTotalLimit'];

/** Settings that are not the notebook's. */
function otherSettings(settings: Settings): Part['settings'] {
  const names = Object.keys(settings) as (keyof Settings)[];
  return Object.fromEntries(
    names
      .filter((name) => !changesNothing.includes(name) && settings[name] !== notebookSettings[name])
      .map((name) => [`--${kebab(name)}`, { here: settings[name], notebook: notebookSettings[name] }]),
  );
}
