import type { Example } from '../data/examples.js';
import { readExamples } from '../data/read-examples.js';
import type { BertTokenizer } from '../data/tokenizer.js';
import { QaError } from '../errors.js';
import { evaluate, saveEvaluation, type Evaluation } from '../evaluate/evaluate.js';
import type { Kernels } from '../nn/kernels.js';
import type { ReaderModel } from '../models/reader-model.js';
import type { Device } from '../tensor.js';
import { featuresOf } from './features-of.js';
import type { Settings } from './options.js';
import { Progress } from './progress.js';

interface EvaluationRun {
  readonly model: ReaderModel;
  readonly tokenizer: BertTokenizer;
  /** The questions to evaluate on. */
  readonly validation: readonly Example[];
  /** Whether questions may have no answer, as in SQuAD v2.0. */
  readonly version2WithNegative: boolean;
  readonly outputDir: string;
  readonly settings: Settings;
  readonly device: Device;
  readonly kernels: Kernels;
  readonly say: (text: string) => void;
}

/** What was evaluated, and what came of it. */
export interface EvaluationSummary {
  readonly questions: number;
  readonly features: number;
  readonly metrics: Evaluation['metrics'];
  /** Of features, logits, answers and score. */
  readonly seconds: number;
}

/** Evaluates a model on questions, writes what came of it, and prints the notebook's lines. */
export async function runEvaluation(run: EvaluationRun): Promise<EvaluationSummary> {
  const began = performance.now();
  const { validation } = run;
  const features = await featuresOf(validation, run.tokenizer, run.settings);
  const progress = new Progress('evaluate', features.length, 'window');
  const evaluation = await evaluate(
    run.model,
    validation,
    features,
    {
      ...run.settings,
      padTokenId: run.tokenizer.padTokenId,
      version2WithNegative: run.version2WithNegative,
      device: run.device,
      kernels: run.kernels,
    },
    (done) => {
      progress.update(done);
    },
  ).finally(() => {
    // Also before an error, which has its own line.
    progress.clear();
  });
  await saveEvaluation(run.outputDir, evaluation);
  run.say(`Post-processing ${validation.length} example predictions split into ${features.length} features.`);
  run.say(pythonDictionary(evaluation.metrics));
  return {
    questions: validation.length,
    features: features.length,
    metrics: evaluation.metrics,
    seconds: (performance.now() - began) / 1000,
  };
}

/**
 * The first `limit` questions of a file (all without a limit), each with an answer unless `version2WithNegative` allows for
 * none: without it nothing would answer "nothing", and SQuAD v1.1's metrics don't know such questions.
 */
export async function readValidationExamples(
  file: string,
  version2WithNegative: boolean,
  limit: number | undefined,
): Promise<readonly Example[]> {
  const read = await readExamples(file);
  const examples = read.examples.slice(0, limit);
  const unanswerable = version2WithNegative ? [] : examples.filter(({ answers }) => answers.length === 0);
  if (unanswerable.length === 0) return examples;
  throw new QaError(
    `Expected an accepted answer for each question in ${file}, got none for ${unanswerable.length} of ${examples.length} ` +
      `(${unanswerable[0].id} for one); give --version-2-with-negative where questions may have no answer.`,
    'ERR_NO_ANSWER',
  );
}

/** Metrics as Python prints them: `60.0`, not `60`; counts are whole. */
function pythonDictionary(metrics: Evaluation['metrics']): string {
  const entries = Object.entries(metrics).map(([name, value]: [string, number]) => {
    const isFloat = Number.isInteger(value) && !name.endsWith('total');
    return `'${name}': ${isFloat ? value.toFixed(1) : String(value)}`;
  });
  return `{${entries.join(', ')}}`;
}
