import { join } from 'node:path';
import type { Checkpoint } from '../train/checkpoint.js';
import { TrainLog } from '../train/log.js';
import type { StepLog } from '../train/loop.js';
import { TensorBoardLog } from '../train/tensorboard.js';
import { eventsFolder } from './resume.js';

const logFile = 'train_log.jsonl';

/** What a run writes down as it goes on: train_log.jsonl, and where that is asked for TensorBoard's events. */
export class RunLogs {
  private constructor(
    private readonly log: TrainLog,
    private readonly events: TensorBoardLog | undefined,
  ) {}

  /** A run that goes on from a checkpoint begins with that one's lines. */
  static async open(
    outputDir: string,
    reportTo: 'none' | 'tensorboard',
    resumed: Checkpoint | undefined,
  ): Promise<RunLogs> {
    const firstStep = (resumed?.state.global_step ?? 0) + 1;
    const log = await TrainLog.open(join(outputDir, logFile), resumed && join(resumed.folder, logFile));
    const events =
      reportTo === 'none' ? undefined : await TensorBoardLog.open(join(outputDir, eventsFolder), firstStep);
    return new RunLogs(log, events);
  }

  async trained(line: StepLog): Promise<void> {
    await this.log.write(line);
    const { step, ...numbers } = line;
    await this.events?.write(step, prefixed('train', numbers));
  }

  async evaluated(step: number, metrics: object): Promise<void> {
    await this.events?.write(step, prefixed('eval', metrics));
  }

  /** Writes the log into a checkpoint. */
  async copyTo(folder: string): Promise<void> {
    await this.log.copyTo(join(folder, logFile));
  }

  async close(): Promise<void> {
    await this.log.close();
    await this.events?.close();
  }
}

/** Numbers under TensorBoard's tags: `train/loss`. */
function prefixed(prefix: string, numbers: object): Record<string, number> {
  return Object.fromEntries(
    Object.entries(numbers).map(([name, value]: [string, number]) => [`${prefix}/${name}`, value]),
  );
}
