import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { readExamples } from '../data/read-examples.js';
import type { Predictions } from '../evaluate/metrics.js';
import { resolveDataset } from '../hub/datasets.js';
import type { Report, Section } from '../report/section.js';
import type { Row } from '../reproduce/comparison.js';
import { keepJson, type Asked } from '../reproduce/kept-file.js';
import type { Part } from '../reproduce/part.js';
import { reproductionReport } from '../reproduce/report.js';
import { measureStepTimes, stepTimeSection } from '../reproduce/step-times.js';
import { runVariants, variantsSection } from '../reproduce/variants.js';
import { resolveDevice } from '../runtime.js';
import { cacheDir } from '../setup/paths.js';
import { chooseVocabulary, defaultStart } from './prepare-run.js';
import { resolveSettings } from './options.js';
import { Progress } from './progress.js';
import type { ReproduceArgs } from './reproduce-options.js';
import { readTrainingExamples } from './training-examples.js';

/** Steps of a short run, and questions that it is scored on. */
const short = { steps: 200, questions: 1000 } as const;

/** The report on what `reproduce` ran; its experiments run here, those that were not run before. */
export async function makeReport(
  args: ReproduceArgs,
  { parts, rows, differs }: { parts: readonly Part[]; rows: readonly Row[]; differs: readonly string[] },
): Promise<Report> {
  const { validationFile } = await resolveDataset(args, cacheDir());
  const validation = await readExamples(validationFile ?? '');
  const examples = validation.examples.slice(0, args.maxEvalSamples);
  const finished = parts.map(async (part) => {
    const folder = join(args.outputDir, part.model, `seed-${part.seed}`);
    const predictions = JSON.parse(await readFile(join(folder, 'predictions.json'), 'utf8')) as Predictions;
    return { ...part, predictions, log: (await readLosses(folder, 1)).map(({ loss }) => loss) };
  });
  const experiments = args.experiments ? [await stepTimes(args), await variants(args)] : [];
  return reproductionReport({ parts: await Promise.all(finished), rows, differs, examples, experiments });
}

/** Flags that change nothing of what is kept: where it goes, how much of it there is, how often it is saved. */
const changesNothing: readonly string[] = [
  'models',
  'seeds',
  'seed',
  'outputDir',
  'experiments',
  'json',
  'saveSteps',
  'saveTotalLimit',
];

/** The flags that decide what comes of a part or an experiment. */
export function askedFor(args: ReproduceArgs): Asked {
  // yargs has each flag a second time with hyphens.
  return Object.fromEntries(
    Object.entries(args).filter(([name]) => /^[a-z]\w*$/i.test(name) && !changesNothing.includes(name)),
  );
}

/** The vocabulary of models that start at random: the one given, or the checkpoint's. */
export function vocabularyOf({ vocabFile, modelNameOrPath }: ReproduceArgs) {
  const hasTokenizer = vocabFile === undefined && modelNameOrPath !== 'random';
  return { vocabFile, tokenizerName: hasTokenizer ? modelNameOrPath : undefined };
}

/** The losses of every so many steps of a run. */
export async function readLosses(folder: string, every: number): Promise<Part['losses']> {
  const log = await readFile(join(folder, 'train_log.jsonl'), 'utf8');
  return log
    .trimEnd()
    .split('\n')
    .map((line) => JSON.parse(line) as { step: number; loss: number })
    .filter(({ step }) => step % every === 0)
    .map(({ step, loss }) => ({ step, loss }));
}

async function stepTimes(args: ReproduceArgs): Promise<Section> {
  const { threads } = args;
  // What `auto` is here: times of a GPU are none of a CPU.
  const device = resolveDevice(args.device);
  const times = await measuredOnce(args, 'step-times', { device, threads }, (onProgress) =>
    measureStepTimes(device, onProgress),
  );
  return stepTimeSection(times);
}

async function variants(args: ReproduceArgs): Promise<Section> {
  const dataset = await resolveDataset(args, cacheDir());
  const settings = resolveSettings(dataset.settings, { ...args });
  const start = {
    configName: args.configName,
    ...chooseVocabulary(vocabularyOf(args), 'random', dataset),
    seed: args.seed,
  };
  const checkpoint = args.modelNameOrPath ?? defaultStart('bert-mini', dataset);
  const fromCheckpoint = { modelNameOrPath: checkpoint, seed: args.seed };
  const steps = settings.maxSteps > 0 ? Math.min(short.steps, settings.maxSteps) : short.steps;
  const asked = { ...askedFor(args), seed: args.seed };
  const { questions, results } = await measuredOnce(args, 'variants', asked, async (onProgress) => {
    const training = await readTrainingExamples(dataset.trainFile ?? '', args.maxTrainSamples);
    const validation = await readExamples(dataset.validationFile ?? '');
    const questions = validation.examples.slice(0, args.maxEvalSamples).slice(0, short.questions);
    const results = await runVariants(
      {
        options: { ...settings, device: resolveDevice(args.device) },
        steps,
        training: training.examples,
        validation: questions,
        starts: {
          random: { ...start, modelNameOrPath: 'random' },
          ...(checkpoint === 'random' ? {} : { checkpoint: fromCheckpoint }),
        },
      },
      onProgress,
      async (name, make) => {
        const path = join(args.outputDir, 'variants', `${name.replace(/[^\w.]+/g, '-')}.json`);
        return (await keepJson(path, asked, make)).made;
      },
    );
    return { questions: questions.length, results };
  });
  return variantsSection(results, questions);
}

/** What an experiment gave, from its file where it was run before. */
async function measuredOnce<T>(
  args: ReproduceArgs,
  name: string,
  asked: Asked,
  measure: (onProgress: (done: number, total: number) => void) => Promise<T>,
): Promise<T> {
  const { made } = await keepJson(join(args.outputDir, `${name}.json`), asked, async () => {
    const progress = new Progress(name, 1, 'measurement');
    try {
      return await measure((done, total) => {
        progress.update(done / total);
      });
    } finally {
      progress.clear();
    }
  });
  return made;
}
