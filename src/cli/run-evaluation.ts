import { prepareFeatures } from '../data/features.js';
import { readExamples } from '../data/read-examples.js';
import type { BertTokenizer } from '../data/tokenizer.js';
import { evaluate, saveEvaluation } from '../evaluate/evaluate.js';
import type { SquadMetrics } from '../evaluate/metrics.js';
import type { ReaderModel } from '../models/reader-model.js';
import type { Device } from '../tensor.js';
import type { Settings } from './options.js';
import { Progress } from './progress.js';

interface EvaluationRun {
  readonly model: ReaderModel;
  readonly tokenizer: BertTokenizer;
  readonly file: string;
  readonly outputDir: string;
  readonly settings: Settings;
  readonly device: Device;
  readonly say: (text: string) => void;
}

/** Evaluates a model on a file of questions, writes what came of it, and prints the notebook's lines. */
export async function runEvaluation(run: EvaluationRun): Promise<SquadMetrics> {
  const { examples } = await readExamples(run.file);
  const features = prepareFeatures(examples, run.tokenizer, run.settings);
  const progress = new Progress('evaluate', features.length, 'window');
  const evaluation = await evaluate(
    run.model,
    examples,
    features,
    { ...run.settings, device: run.device },
    (done) => {
      progress.update(done);
    },
  );
  progress.finish();
  await saveEvaluation(run.outputDir, evaluation);
  run.say(`Post-processing ${examples.length} example predictions split into ${features.length} features.`);
  const { exact_match: exactMatch, f1 } = evaluation.metrics;
  run.say(`{'exact_match': ${pythonFloat(exactMatch)}, 'f1': ${pythonFloat(f1)}}`);
  return evaluation.metrics;
}

/** A double as Python prints it: `60.0`, not `60`. */
function pythonFloat(value: number): string {
  return Number.isInteger(value) ? value.toFixed(1) : String(value);
}
