import { join } from 'node:path';
import type { Example, Feature } from '../data/examples.js';
import { writeJsonAtomic } from '../formats/atomic-file.js';
import type { ReaderModel } from '../models/reader-model.js';
import { squadMetrics, type SquadMetrics } from './metrics.js';
import { postprocessPredictions, type Postprocessed } from './postprocess.js';
import { predictLogits, type PredictOptions } from './predict.js';

export interface EvaluateOptions extends PredictOptions {
  readonly nBestSize: number;
  readonly maxAnswerLength: number;
}

export interface Evaluation extends Postprocessed {
  readonly metrics: SquadMetrics;
}

/** The notebook's evaluation: logits of all windows, the best span of each question, EM and F1. */
export async function evaluate(
  model: ReaderModel,
  examples: readonly Example[],
  features: readonly Feature[],
  options: EvaluateOptions,
  onProgress?: (done: number) => void,
): Promise<Evaluation> {
  const logits = await predictLogits(model, features, options, onProgress);
  const answers = postprocessPredictions(examples, features, logits, options);
  return { ...answers, metrics: squadMetrics(answers.predictions, examples) };
}

/** Writes predictions.json, nbest_predictions.json and eval_results.json, each whole or not at all. */
export async function saveEvaluation(
  dir: string,
  { predictions, nbest, metrics }: Evaluation,
): Promise<void> {
  const nbestRows = [...nbest].map(([id, candidates]) => [
    id,
    candidates.map(({ text, probability, startLogit, endLogit }) => ({
      text,
      probability,
      start_logit: startLogit,
      end_logit: endLogit,
    })),
  ]);
  await writeJsonAtomic(join(dir, 'predictions.json'), Object.fromEntries(predictions));
  await writeJsonAtomic(join(dir, 'nbest_predictions.json'), Object.fromEntries(nbestRows));
  await writeJsonAtomic(join(dir, 'eval_results.json'), metrics);
}
