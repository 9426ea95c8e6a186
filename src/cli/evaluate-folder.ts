import { existsSync } from 'node:fs';
import { basename, join, resolve } from 'node:path';
import { UsageError } from '../errors.js';
import type { KernelArgs } from './kernel-options.js';
import { leavable } from './interrupt.js';
import { recordFile } from './read-run-record.js';
import { dataOfRun } from './run-data.js';
import { readValidationExamples, runEvaluation } from './run-evaluation.js';
import { openTrainedModel } from './trained-model.js';
import { checkSampleLimit } from './training-examples.js';

export interface EvalArgs extends KernelArgs {
  readonly modelDir: string;
  readonly modelNameOrPath: string | undefined;
  readonly dataset: string | undefined;
  readonly validationFile: string | undefined;
  readonly maxEvalSamples: number | undefined;
  readonly version2WithNegative: boolean | undefined;
  readonly outputDir: string | undefined;
  readonly device: string;
  readonly threads: number | undefined;
  readonly json: boolean;
}

/** `qa-native eval`. */
export async function evaluateFolder(args: EvalArgs): Promise<void> {
  checkSampleLimit('--max-eval-samples', args.maxEvalSamples);
  const outputDir = args.outputDir ?? defaultOutput(args);
  // The model first: a folder that is none should not cost a download.
  const trained = await openTrainedModel(args);
  const { file, maxEvalSamples, version2WithNegative } = await dataOfRun(
    args,
    args.modelNameOrPath ?? args.modelDir,
  );
  const { metrics } = await leavable(
    'ended before the scores were whole; give the same command again.',
    async () =>
      runEvaluation({
        ...trained,
        validation: await readValidationExamples(file, version2WithNegative, maxEvalSamples),
        version2WithNegative,
        outputDir,
        say: (text) => {
          if (!args.json) process.stdout.write(`${text}\n`);
        },
      }),
  );
  trained.model.dispose();
  if (args.json) process.stdout.write(`${JSON.stringify(metrics)}\n`);
}

/** A model that was trained here keeps its scores; one from elsewhere is left as it is, and so is a run of that name. */
function defaultOutput({ modelDir, modelNameOrPath }: EvalArgs): string {
  if (modelNameOrPath === undefined) return modelDir;
  // The name also of what is called `..` from here.
  const folder = join('runs', basename(resolve(modelNameOrPath)));
  if (resolve(folder) === resolve(modelNameOrPath) || !existsSync(join(folder, recordFile))) return folder;
  throw new UsageError(
    `Expected --output-dir, as the scores of ${modelNameOrPath} would go to ${folder}, where another run has its own; name one.`,
  );
}
