import { existsSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { UsageError } from '../errors.js';
import type { Evaluation } from '../evaluate/evaluate.js';
import type { ReaderModel } from '../models/reader-model.js';
import { BestModel, type BestSoFar } from '../train/best-model.js';
import type { Checkpoint } from '../train/checkpoint.js';
import { TrainLog } from '../train/log.js';
import { evaluationLogFile } from './resume.js';

export interface EvaluationArgs {
  readonly evalStrategy?: 'no' | 'steps' | 'epoch' | undefined;
  readonly loadBestModelAtEnd?: boolean | undefined;
  readonly metricForBestModel?: 'f1' | 'exact_match' | undefined;
}

type Metrics = Evaluation['metrics'];

/** When a run is evaluated on its way, and what follows from it. */
export interface EvaluationPlan {
  readonly everySteps: number;
  /** One that is evaluated, too: the end of an epoch of which only a part is run. */
  readonly lastStep?: number;
  readonly metric: 'f1' | 'exact_match';
  readonly loadBest: boolean;
  /** After so many evaluations without a better one training ends; 0: never. */
  readonly patience: number;
  /** Draws no random number. `onBatch` is called after each batch, and ends it by throwing. */
  readonly evaluate: (onBatch: () => void) => Promise<Metrics>;
  /** Writes the model and its tokenizer. */
  readonly save: (folder: string) => Promise<void>;
}

/** Throws UsageError on flags that make no sense together. */
export function checkEvaluationArgs(
  { evalStrategy = 'no', loadBestModelAtEnd = false }: EvaluationArgs,
  earlyStoppingPatience: number,
): void {
  if (evalStrategy === 'no' && (loadBestModelAtEnd || earlyStoppingPatience > 0)) {
    throw new UsageError(
      'Expected --eval-strategy steps or epoch with --load-best-model-at-end and --early-stopping-patience, got no; give one of them.',
    );
  }
}

/** Throws UsageError where there are no questions to evaluate on, on the way. */
export function expectQuestions(
  { evalStrategy = 'no' }: EvaluationArgs,
  validationFile: string | undefined,
): void {
  if (evalStrategy === 'no' || validationFile !== undefined) return;
  throw new UsageError(`Expected --validation-file with --eval-strategy ${evalStrategy}, but none came.`);
}

/** A run's evaluations on its way: their log, the best model, and whether there is hope for a better one. */
export class TrainEvaluations {
  readonly #best: BestModel;

  private constructor(
    private readonly plan: EvaluationPlan,
    private readonly log: TrainLog,
    private readonly outputDir: string,
    best: BestSoFar | null,
  ) {
    this.#best = new BestModel(outputDir, best);
  }

  static async open(
    plan: EvaluationPlan,
    outputDir: string,
    resumed: Checkpoint | undefined,
  ): Promise<TrainEvaluations> {
    const from = resumed && join(resumed.folder, evaluationLogFile);
    // One that was not evaluated before its checkpoint has no log there.
    const log = await TrainLog.open(
      join(outputDir, evaluationLogFile),
      from !== undefined && existsSync(from) ? from : undefined,
    );
    const evaluations = new TrainEvaluations(plan, log, outputDir, resumed?.state.best ?? null);
    if (resumed !== undefined) await evaluations.#best.bringFrom(dirname(resumed.folder));
    return evaluations;
  }

  get best(): BestSoFar | null {
    return this.#best.best;
  }

  isDue(step: number): boolean {
    return step % this.plan.everySteps === 0 || step === this.plan.lastStep;
  }

  /** Whether so many evaluations were no better that training should end. */
  get isHopeless(): boolean {
    return this.plan.patience > 0 && (this.best?.evaluationsSince ?? 0) >= this.plan.patience;
  }

  async evaluate(step: number, epoch: number, onBatch: () => void): Promise<Metrics> {
    const metrics = await this.plan.evaluate(onBatch);
    await this.log.write({ step, epoch, ...metrics });
    await this.#best.add(step, metricOf(metrics, this.plan.metric), this.plan.save);
    return metrics;
  }

  /** Writes the log into a checkpoint. */
  async copyTo(folder: string): Promise<void> {
    await this.log.copyTo(join(folder, evaluationLogFile));
  }

  /** Puts the best weights into the model where the plan says so; gives their step. */
  async finish(model: ReaderModel): Promise<number | undefined> {
    if (!this.plan.loadBest || this.best === null) return undefined;
    // The last model is safe before anything can be wrong with the best one.
    await this.plan.save(this.outputDir);
    await this.#best.load(model);
    return this.best.step;
  }

  close(): Promise<void> {
    return this.log.close();
  }
}

/** SQuAD v2.0's evaluator calls exact_match exact. */
function metricOf(metrics: Metrics, name: EvaluationPlan['metric']): number {
  if (name === 'f1') return metrics.f1;
  return 'exact_match' in metrics ? metrics.exact_match : metrics.exact;
}
