import { rm } from 'node:fs/promises';
import { join } from 'node:path';
import type { Example, Feature } from '../data/examples.js';
import { jsonText, writeFilesAtomic } from '../formats/atomic-file.js';
import { jsonOfEntries } from '../formats/json-entries.js';
import type { ReaderModel } from '../models/reader-model.js';
import { squadMetrics, type SquadMetrics } from './metrics.js';
import { postprocessPredictions, type PostprocessOptions, type Postprocessed } from './postprocess.js';
import { predictLogits, type PredictOptions } from './predict.js';
import { squadV2Metrics, type SquadV2Metrics } from './squad-v2-metrics.js';

/** How a model is evaluated. */
export type EvaluateOptions = PredictOptions & PostprocessOptions;

/** Answers, and the official evaluator's metrics of them: those of v2.0 with `version2WithNegative`. */
export interface Evaluation extends Postprocessed {
  readonly metrics: SquadMetrics | SquadV2Metrics;
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
  // Not spread, which would read the lists of candidates, and so have them made.
  return Object.assign(answers, { metrics: score(answers, examples) });
}

/** Of SQuAD v2.0 the answers as they are given: which are empty was decided, and only best thresholds ask for odds. */
function score(
  { predictions, nullOdds }: Postprocessed,
  examples: readonly Example[],
): Evaluation['metrics'] {
  return nullOdds === undefined
    ? squadMetrics(predictions, examples)
    : squadV2Metrics(predictions, examples, { noAnswerOdds: nullOdds, noAnswerThreshold: Infinity });
}

const files = {
  predictions: 'predictions.json',
  nbest: 'nbest_predictions.json',
  nullOdds: 'null_odds.json',
  metrics: 'eval_results.json',
};

/** Removes what `saveEvaluation` wrote for a model that is no longer there. */
export async function removeEvaluation(dir: string): Promise<void> {
  for (const name of Object.values(files)) await rm(join(dir, name), { force: true });
}

/** Writes predictions.json, nbest_predictions.json and eval_results.json, all or none; of v2.0 null_odds.json too. */
export async function saveEvaluation(
  dir: string,
  { predictions, nbest, nullOdds, metrics }: Evaluation,
): Promise<void> {
  const odds = nullOdds === undefined ? [] : [[files.nullOdds, jsonOfEntries(nullOdds)] as const];
  const contents = [
    [files.predictions, jsonOfEntries(predictions)],
    [files.nbest, jsonOfEntries(nbestRows(nbest))],
    ...odds,
    [files.metrics, jsonText(metrics)],
  ] as const;
  await writeFilesAtomic(contents.map(([name, parts]) => [join(dir, name), parts]));
  // Those of an evaluation before would be taken for these predictions' own.
  if (nullOdds === undefined) await rm(join(dir, files.nullOdds), { force: true });
}

/** Under the names of `run_qa.py`; made one by one, as they are written. */
function* nbestRows(nbest: Evaluation['nbest']): Generator<readonly [id: string, rows: readonly object[]]> {
  for (const [id, candidates] of nbest) {
    const rows = candidates.map(({ text, probability, startLogit, endLogit }) => ({
      text,
      probability,
      start_logit: startLogit,
      end_logit: endLogit,
    }));
    yield [id, rows];
  }
}
