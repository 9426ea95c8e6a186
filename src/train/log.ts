import { mkdir, open, type FileHandle } from 'node:fs/promises';
import { dirname } from 'node:path';
import { QaError, messageOf } from '../errors.js';
import type { StepLog } from './loop.js';

/** train_log.jsonl: a JSON object a line, numbers in the shortest form that reads back as the same double. */
export class TrainLog {
  private constructor(
    private readonly path: string,
    private readonly file: FileHandle,
  ) {}

  /** Starts a log anew; an older one at this path is replaced. */
  static async open(path: string): Promise<TrainLog> {
    try {
      await mkdir(dirname(path), { recursive: true });
      return new TrainLog(path, await open(path, 'w'));
    } catch (error) {
      throw logError(path, error);
    }
  }

  async write(line: StepLog): Promise<void> {
    try {
      await this.file.appendFile(`${JSON.stringify(line)}\n`);
    } catch (error) {
      throw logError(this.path, error);
    }
  }

  close(): Promise<void> {
    return this.file.close();
  }
}

function logError(path: string, cause: unknown): QaError {
  return new QaError(
    `Expected to write the training log ${path}, but that failed (${messageOf(cause)}); free some space or give an --output-dir that you may write to.`,
    'ERR_WRITE',
    { cause },
  );
}
