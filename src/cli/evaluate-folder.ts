import { basename, join } from 'node:path';
import { UsageError } from '../errors.js';
import { cacheDir } from '../setup/paths.js';
import { resolveDataset } from '../hub/datasets.js';
import type { EvalArgs } from './eval.js';
import { runEvaluation } from './run-evaluation.js';
import { openTrainedModel } from './trained-model.js';

/** `qa-native eval`. */
export async function evaluateFolder(args: EvalArgs): Promise<void> {
  // The model first: a folder that is none should not cost a download.
  const trained = await openTrainedModel(args);
  const { validationFile, version2WithNegative } = await resolveDataset(args, cacheDir(), ['validation']);
  if (validationFile === undefined)
    throw new UsageError('Expected --validation-file or --dataset, but neither came.');
  const { metrics } = await runEvaluation({
    ...trained,
    file: validationFile,
    version2WithNegative: args.version2WithNegative ?? version2WithNegative,
    outputDir: args.outputDir ?? defaultOutput(args),
    say: (text) => {
      if (!args.json) process.stdout.write(`${text}\n`);
    },
  });
  trained.model.dispose();
  if (args.json) process.stdout.write(`${JSON.stringify(metrics)}\n`);
}

/** A model that was trained here keeps its scores; one from elsewhere is left as it is. */
function defaultOutput({ modelDir, modelNameOrPath }: EvalArgs): string {
  return modelNameOrPath === undefined ? modelDir : join('runs', basename(modelNameOrPath));
}
