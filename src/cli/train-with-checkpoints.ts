import { join } from 'node:path';
import type { Feature } from '../data/examples.js';
import type { ReaderModel } from '../models/reader-model.js';
import {
  restoreCheckpoint,
  rotateCheckpoints,
  saveCheckpoint,
  type Checkpoint,
} from '../train/checkpoint.js';
import { TrainLog } from '../train/log.js';
import { countSteps, train, type TrainingOptions } from '../train/loop.js';
import { TrainingState } from '../train/state.js';
import { Interrupt, Interrupted } from './interrupt.js';
import { Progress } from './progress.js';
import { clearOutput, expectSame, resumeCommand } from './resume.js';

interface CheckpointedTraining {
  readonly model: ReaderModel;
  readonly features: readonly Feature[];
  readonly options: TrainingOptions;
  readonly nameOf: (feature: Feature) => string;
  readonly loggingSteps: number;
  readonly saveSteps: number;
  readonly saveTotalLimit: number;
  readonly outputDir: string;
  /** What the run goes on from, whose weights the model has already. */
  readonly resumed: Checkpoint | undefined;
  readonly asked: Readonly<Record<string, unknown>>;
  /** Writes the model and its tokenizer. */
  readonly saveRun: (folder: string) => Promise<void>;
  readonly say: (text: string) => void;
}

const logFile = 'train_log.jsonl';

/**
 * Trains to the end, with a log, a bar and checkpoints. A signal ends it between two steps, in a checkpoint.
 * @returns seconds of training and the sum of all losses, those before a checkpoint included
 */
export async function trainWithCheckpoints(
  run: CheckpointedTraining,
): Promise<{ seconds: number; lossSum: number }> {
  const { model, features, options, outputDir, resumed } = run;
  const { totalSteps } = countSteps(features.length, options);
  const state = new TrainingState(model, options);
  if (resumed !== undefined) {
    expectSame(resumed, run.asked);
    await restoreCheckpoint(resumed, state, features.length);
  }
  await clearOutput(outputDir, resumed);
  const log = await TrainLog.open(join(outputDir, logFile), resumed && join(resumed.folder, logFile));
  const progress = new Progress('train', totalSteps, 'step', state.step);
  const interrupt = new Interrupt();
  let lossSum = resumed?.state.loss_sum ?? 0;
  const began = performance.now() - 1000 * (resumed?.state.seconds ?? 0);
  const seconds = () => (performance.now() - began) / 1000;

  const checkpoint = async () => {
    const done = { asked: run.asked, total_steps: totalSteps, loss_sum: lossSum, seconds: seconds() };
    const folder = await saveCheckpoint(outputDir, state, done, async (scratch) => {
      await run.saveRun(scratch);
      await log.copyTo(join(scratch, logFile));
    });
    await rotateCheckpoints(outputDir, state.step, run.saveTotalLimit);
    return folder;
  };

  try {
    for await (const line of train(model, features, options, run.nameOf, state)) {
      await log.write(line);
      lossSum += line.loss;
      if (line.step % run.loggingSteps === 0) {
        progress.clear();
        run.say(`Loss:${line.loss}`);
      }
      progress.update(line.step, `loss ${line.loss.toFixed(3)}  epoch ${line.epoch.toFixed(2)}`);
      if (line.step === totalSteps) break;

      const isDue = run.saveSteps > 0 && line.step % run.saveSteps === 0;
      if (interrupt.signal !== undefined) {
        const folder = await checkpoint();
        const command = resumeCommand(process.argv.slice(2), outputDir);
        throw new Interrupted(
          interrupt.signal,
          `Stopped after step ${line.step}, which is saved in ${folder}; go on with: ${command}`,
        );
      }
      if (isDue) await checkpoint();
    }
  } finally {
    interrupt.dispose();
    progress.clear();
    await log.close();
  }
  return { seconds: seconds(), lossSum };
}
