import { setImmediate as nextTurn } from 'node:timers/promises';
import type { Feature } from '../data/examples.js';
import type { ReaderModel } from '../models/reader-model.js';
import {
  restoreCheckpoint,
  rotateCheckpoints,
  saveCheckpoint,
  type Checkpoint,
} from '../train/checkpoint.js';
import { countSteps, train } from '../train/loop.js';
import type { TrainingOptions } from '../train/options.js';
import { TrainingState } from '../train/state.js';
import { Interrupt, Interrupted } from './interrupt.js';
import { Progress } from './progress.js';
import { clearOutput, expectSame, resumeCommand } from './resume.js';
import { RunLogs } from './run-logs.js';
import { TrainEvaluations, type EvaluationPlan } from './train-evaluations.js';
import { whatIsFaster } from './what-is-faster.js';

interface CheckpointedTraining {
  readonly model: ReaderModel;
  /** Another model like it. */
  readonly fresh: () => ReaderModel;
  readonly features: readonly Feature[];
  readonly options: TrainingOptions;
  readonly nameOf: (feature: Feature) => string;
  readonly loggingSteps: number;
  readonly saveSteps: number;
  readonly saveTotalLimit: number;
  readonly outputDir: string;
  /** What the run goes on from, whose weights the model has already. */
  readonly resumed: Checkpoint | undefined;
  /** Undefined for none on the way. */
  readonly evaluation: EvaluationPlan | undefined;
  readonly reportTo: 'none' | 'tensorboard';
  readonly asked: Readonly<Record<string, unknown>>;
  /** Writes the model and its tokenizer. */
  readonly saveRun: (folder: string) => Promise<void>;
  readonly say: (text: string) => void;
}

/** After so many it is known how long the rest will take. */
const firstSteps = 10;
/** Seconds from which on one wants to know what would be faster. */
const long = 1800;

/**
 * Trains to the end, with logs, a bar, evaluations on the way and checkpoints. A signal ends it between two steps, in a
 * checkpoint.
 * @returns steps, seconds of training and the sum of all losses, those before a checkpoint included; and a signal that
 *   came in the last step, whose run is whole
 */
export async function trainWithCheckpoints(
  run: CheckpointedTraining,
): Promise<{ steps: number; seconds: number; lossSum: number; signal: Interrupt['signal'] }> {
  const { model, features, options, outputDir, resumed } = run;
  const { totalSteps, stepsPerEpoch } = countSteps(features.length, options);
  const state = new TrainingState(model, options);
  if (resumed !== undefined) {
    expectSame(resumed, run.asked);
    await restoreCheckpoint(resumed, state, features.length);
  }
  await clearOutput(outputDir, resumed);
  const logs = await RunLogs.open(outputDir, run.reportTo, resumed);
  const evaluations = run.evaluation && (await TrainEvaluations.open(run.evaluation, outputDir, resumed));
  const estimatedAt = state.step + firstSteps;
  const progress = new Progress('train', totalSteps, 'step', state.step);
  const interrupt = new Interrupt();
  let lossSum = resumed?.state.loss_sum ?? 0;
  let began = performance.now() - 1000 * (resumed?.state.seconds ?? 0);
  const seconds = () => (performance.now() - began) / 1000;

  const checkpoint = async () => {
    const done = { asked: run.asked, total_steps: totalSteps, loss_sum: lossSum, seconds: seconds() };
    const best = evaluations?.best ?? null;
    const folder = await saveCheckpoint(outputDir, state, { ...done, best }, async (scratch) => {
      await run.saveRun(scratch);
      await logs.copyTo(scratch);
      await evaluations?.copyTo(scratch);
    });
    await rotateCheckpoints(outputDir, state.step, run.saveTotalLimit);
    return folder;
  };

  const print = (text: string) => {
    progress.clear();
    run.say(text);
  };

  /** How long the run will take, and what would be faster where that is long; this is no part of the run's time. */
  const tellTheTime = async (step: number) => {
    print(progress.estimate(step));
    const perStep = progress.secondsPerStep(step);
    if (perStep * (totalSteps - step) < long) return;
    const paused = performance.now();
    const isOver = () => interrupt.signal !== undefined;
    (await whatIsFaster({ ...run, isOver }, perStep, totalSteps - step)).forEach(print);
    began += performance.now() - paused;
    progress.leaveOut(performance.now() - paused);
  };

  /** Where a signal came: saves, and ends the run. */
  const endIfAsked = async () => {
    if (interrupt.signal === undefined) return;
    const folder = await checkpoint();
    const command = resumeCommand(process.argv.slice(2), outputDir);
    throw new Interrupted(
      interrupt.signal,
      `Stopped after step ${state.step}, which is saved in ${folder}; go on with: ${command}`,
    );
  };

  /** Evaluates where that is due; says whether training should end. */
  const evaluateAfter = async (step: number): Promise<boolean> => {
    if (evaluations?.isDue(step) !== true) return false;
    const metrics = await evaluations
      .evaluate(step, step / stepsPerEpoch, () => {
        if (interrupt.signal !== undefined) throw new Error(interrupt.signal);
      })
      .catch(async (error: unknown) => {
        // An evaluation that was cut is done again by the run that goes on.
        await endIfAsked();
        throw error;
      });
    await logs.evaluated(step, metrics);
    const scores = Object.entries(metrics).map(([name, value]) => `${name} ${value}`);
    print(`Step ${step}: ${scores.join(', ')}`);
    return evaluations.isHopeless;
  };

  try {
    // A checkpoint is saved before its step is evaluated, so that a signal need not wait for that.
    let hopeless = resumed !== undefined && (await evaluateAfter(state.step));
    const steps = hopeless ? [] : train(model, features, options, run.nameOf, state);
    for await (const line of steps) {
      await logs.trained(line);
      const { step } = line;
      lossSum += line.loss;
      if (step % run.loggingSteps === 0) print(`Loss:${line.loss}`);
      if (step === estimatedAt && step < totalSteps) await tellTheTime(step);
      progress.update(step, `loss ${line.loss.toFixed(3)}  epoch ${line.epoch.toFixed(2)}`);

      if (step < totalSteps) await endIfAsked();
      if (run.saveSteps > 0 && step % run.saveSteps === 0 && step < totalSteps) await checkpoint();
      hopeless = await evaluateAfter(step);
      if (hopeless || step === totalSteps) break;
    }
    // A signal that came in the last step is heard in the next turn.
    await nextTurn();
    if (hopeless) print(`Ends after step ${state.step}: the last evaluations brought nothing better.`);
    const best = await evaluations?.finish(model);
    if (best !== undefined) print(`The model is that of step ${best}, the best one.`);
    else if (run.evaluation?.loadBest === true) {
      print(
        `The model is the last one, as no evaluated one is there after ${state.step} steps; give fewer --eval-steps.`,
      );
    }
  } finally {
    interrupt.dispose();
    progress.clear();
    await logs.close();
    await evaluations?.close();
    state.dispose();
  }
  return { steps: state.step, seconds: seconds(), lossSum, signal: interrupt.signal };
}
