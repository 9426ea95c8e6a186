import { basename, join } from 'node:path';
import type { EvalArgs } from './eval.js';
import { dataOfRun } from './run-data.js';
import { runEvaluation } from './run-evaluation.js';
import { openTrainedModel } from './trained-model.js';

/** `qa-native eval`. */
export async function evaluateFolder(args: EvalArgs): Promise<void> {
  // The model first: a folder that is none should not cost a download.
  const trained = await openTrainedModel(args);
  const data = await dataOfRun(args, args.modelNameOrPath ?? args.modelDir);
  const { metrics } = await runEvaluation({
    ...trained,
    ...data,
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
