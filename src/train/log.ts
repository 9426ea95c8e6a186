import { open, readFile, type FileHandle } from 'node:fs/promises';
import { dirname } from 'node:path';
import { QaError, messageOf } from '../errors.js';
import { writeFileAtomic } from '../formats/atomic-file.js';
import { makeFolder } from '../formats/make-folder.js';

/** train_log.jsonl or eval_log.jsonl: a JSON object a line, numbers in the shortest form that reads back as the same double. */
export class TrainLog {
  private constructor(
    private readonly path: string,
    private readonly file: FileHandle,
  ) {}

  /** Starts a log anew, or with the lines of `from`; an older one at this path is replaced. */
  static async open(path: string, from?: string): Promise<TrainLog> {
    try {
      await makeFolder(dirname(path));
      const file = await open(path, 'w');
      if (from !== undefined) await file.appendFile(await readFile(from));
      return new TrainLog(path, file);
    } catch (error) {
      throw logError(path, error);
    }
  }

  async write(line: object): Promise<void> {
    try {
      await this.file.appendFile(`${JSON.stringify(line)}\n`);
    } catch (error) {
      throw logError(this.path, error);
    }
  }

  /** Writes what there is to another file, whole. */
  async copyTo(path: string): Promise<void> {
    await writeFileAtomic(path, await readFile(this.path));
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
