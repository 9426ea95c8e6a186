import { open, type FileHandle } from 'node:fs/promises';
import { join } from 'node:path';
import { BinaryWriter, WireType } from '@bufbuild/protobuf/wire';
import { QaError, messageOf } from '../errors.js';
import { tfRecord } from '../formats/tfrecord.js';
import { makeFolder } from '../formats/make-folder.js';

// Event files as TensorBoard reads them: TFRecords of the protocol buffer `Event` (tensorboard/compat/proto/event.proto
// and summary.proto), of which a few fields are written here, by their numbers.

/** Numbers by tag, such as `train/loss`. */
export type Scalars = Readonly<Record<string, number>>;

/** One event file of a run, in the folder that `tensorboard --logdir` is given. */
export class TensorBoardLog {
  private constructor(
    private readonly path: string,
    private readonly file: FileHandle,
  ) {}

  /**
   * Starts a new event file. Those of the run before it stay: of their steps from `firstStep` on, which a killed run
   * made and this one makes again, TensorBoard shows the new ones.
   */
  static async open(folder: string, firstStep: number): Promise<TensorBoardLog> {
    const seconds = Date.now() / 1000;
    // TensorBoard reads the files of a folder in the order of their names.
    const path = join(folder, `events.out.tfevents.${seconds.toFixed(3).padStart(14, '0')}.qa-native`);
    try {
      await makeFolder(folder);
      const log = new TensorBoardLog(path, await open(path, 'wx'));
      await log.file.appendFile(Buffer.concat([encodeVersion(seconds), encodeStart(seconds, firstStep)]));
      return log;
    } catch (error) {
      throw eventsError(path, error);
    }
  }

  async write(step: number, scalars: Scalars): Promise<void> {
    try {
      await this.file.appendFile(encodeScalars(Date.now() / 1000, step, scalars));
    } catch (error) {
      throw eventsError(this.path, error);
    }
  }

  close(): Promise<void> {
    return this.file.close();
  }
}

/** The first record of every file. */
export function encodeVersion(seconds: number): Buffer {
  return tfRecord(event(seconds, 0).tag(3, WireType.LengthDelimited).string('brain.Event:2').finish());
}

/** A session log that says START: what earlier files have of this step and later is void. */
export function encodeStart(seconds: number, step: number): Buffer {
  const start = event(seconds, step).tag(7, WireType.LengthDelimited).fork();
  return tfRecord(start.tag(1, WireType.Varint).int32(1).join().finish());
}

/** A summary with a simple value for each tag. */
export function encodeScalars(seconds: number, step: number, scalars: Scalars): Buffer {
  const summary = event(seconds, step).tag(5, WireType.LengthDelimited).fork();
  for (const [tag, value] of Object.entries(scalars)) {
    summary.tag(1, WireType.LengthDelimited).fork();
    summary.tag(1, WireType.LengthDelimited).string(tag).tag(2, WireType.Bit32).float(value).join();
  }
  return tfRecord(summary.join().finish());
}

/** An Event with its time, in seconds since 1970, and its step. */
function event(seconds: number, step: number): BinaryWriter {
  const writer = new BinaryWriter().tag(1, WireType.Bit64).double(seconds);
  // A field of zero is left out.
  return step === 0 ? writer : writer.tag(2, WireType.Varint).int64(step);
}

function eventsError(path: string, cause: unknown): QaError {
  return new QaError(
    `Expected to write TensorBoard's events to ${path}, but that failed (${messageOf(cause)}); ` +
      'free some space, or leave --report-to out.',
    'ERR_WRITE',
    { cause },
  );
}
