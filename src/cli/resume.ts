import { createHash } from 'node:crypto';
import { existsSync, realpathSync } from 'node:fs';
import { rm } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { isDeepStrictEqual } from 'node:util';
import type { Feature } from '../data/examples.js';
import { QaError, UsageError, messageOf } from '../errors.js';
import { listBestModels, whyBestIsLost } from '../train/best-model.js';
import {
  listCheckpoints,
  openCheckpoint,
  removeUnfinished,
  wholeCheckpoints,
  type Checkpoint,
} from '../train/checkpoint.js';
import { makeFolder } from '../formats/make-folder.js';
import { hyphenated } from './hyphenated.js';
import { shellWord } from './shell-word.js';

export interface ResumeArgs {
  /** A checkpoint's folder; empty for the newest of the output folder. */
  readonly resumeFromCheckpoint: string | undefined;
  readonly overwriteOutputDir: boolean;
  readonly loadBestModelAtEnd?: boolean | undefined;
}

/** What a run writes only where it is asked to: TensorBoard's folder, and the log of evaluations on the way. */
export const eventsFolder = 'tensorboard';
export const evaluationLogFile = 'eval_log.jsonl';

/** A run's last file: where it is, the run's checkpoints are no longer needed. */
const lastFile = 'train_results.json';

/**
 * The checkpoint to go on from; undefined for a run from the beginning. Throws where the output folder holds a run that
 * was not finished and nothing says what to do with it.
 */
export async function whereToResume(args: ResumeArgs, outputDir: string): Promise<Checkpoint | undefined> {
  const { resumeFromCheckpoint: folder, loadBestModelAtEnd: wantsBest = false } = args;
  if (folder !== undefined && folder !== '') {
    const checkpoint = await openCheckpoint(folder);
    if (!isOf(checkpoint, outputDir)) await expectFinished(args, outputDir);
    const why = wantsBest ? await whyWithoutBest(checkpoint) : undefined;
    return why === undefined ? checkpoint : giveUpBest(checkpoint, why);
  }
  if (folder === '') {
    const found = await newestCheckpoint(outputDir, wantsBest);
    if (found !== undefined) return found;
    throw new QaError(
      `Expected a whole checkpoint in ${outputDir}, but there is none; leave out --resume-from-checkpoint to begin from the start.`,
      'ERR_CHECKPOINT',
    );
  }
  await expectFinished(args, outputDir);
  return undefined;
}

async function expectFinished({ overwriteOutputDir }: ResumeArgs, outputDir: string): Promise<void> {
  const [newest] = await listCheckpoints(outputDir);
  if (newest === undefined || overwriteOutputDir || existsSync(join(outputDir, lastFile))) return;
  throw new UsageError(
    `Expected an --output-dir without an unfinished run, but there is ${newest}; ` +
      'go on with --resume-from-checkpoint, begin anew with --overwrite-output-dir, or give another one.',
  );
}

function isOf(checkpoint: Checkpoint, outputDir: string): boolean {
  // However the paths are spelled, and through links.
  return existsSync(outputDir) && realpathSync(join(checkpoint.folder, '..')) === realpathSync(outputDir);
}

/**
 * The newest whole checkpoint, of which a run that wants its best model can go on: to the bits of one that was never
 * stopped. Where none has that model, the newest one without it.
 */
async function newestCheckpoint(outputDir: string, wantsBest: boolean): Promise<Checkpoint | undefined> {
  const withoutBest: (readonly [checkpoint: Checkpoint, why: string])[] = [];
  for await (const checkpoint of wholeCheckpoints(outputDir, sayPassedOver)) {
    const why = wantsBest ? await whyWithoutBest(checkpoint) : undefined;
    if (why === undefined) {
      for (const [{ folder }, reason] of withoutBest) sayPassedOver(folder, reason);
      return checkpoint;
    }
    withoutBest.push([checkpoint, why]);
  }
  const [newest] = withoutBest;
  return newest && giveUpBest(...newest);
}

async function whyWithoutBest({ folder, state: { best } }: Checkpoint): Promise<string | undefined> {
  return best === null ? undefined : whyBestIsLost(dirname(folder), best);
}

function giveUpBest(checkpoint: Checkpoint, why: string): Checkpoint {
  process.stderr.write(
    `qa-native: ${checkpoint.folder} is gone on from without what was best: ${why}; the best model is looked for from here on.\n`,
  );
  return { ...checkpoint, state: { ...checkpoint.state, best: null } };
}

function sayPassedOver(folder: string, why: string): void {
  process.stderr.write(`qa-native: ${folder} is passed over: ${why}.\n`);
}

/** Throws where another run came and went since somebody looked at the checkpoints of a folder. */
export async function expectUntouched(outputDir: string, checkpoints: readonly string[]): Promise<void> {
  if (isDeepStrictEqual(await listCheckpoints(outputDir), checkpoints)) return;
  throw new QaError(
    `Expected the checkpoints in ${outputDir} to stay while this run was prepared, but another run wrote there; give the command again.`,
    'ERR_RUNNING',
  );
}

/** Makes the output folder, and takes away what an earlier run left there that would be mistaken for this one's. */
export async function clearOutput(outputDir: string, resumed: Checkpoint | undefined): Promise<void> {
  try {
    await makeFolder(outputDir);
    await removeUnfinished(outputDir);
    await rm(join(outputDir, lastFile), { force: true });
    if (resumed !== undefined && isOf(resumed, outputDir)) return;
    const logs = [join(outputDir, evaluationLogFile), join(outputDir, eventsFolder)];
    const outdated = [...(await listCheckpoints(outputDir)), ...(await listBestModels(outputDir)), ...logs];
    for (const path of outdated) await rm(path, { recursive: true, force: true });
  } catch (error) {
    throw new QaError(
      `Expected to write into ${outputDir}, but that failed (${messageOf(error)}); give an --output-dir that you may write to.`,
      'ERR_WRITE',
      { cause: error },
    );
  }
}

/** A hash of all that training is given: ids and labels of every window. */
export function hashFeatures(features: readonly Feature[]): string {
  const hash = createHash('sha256');
  for (const { inputIds, contextStart, startPosition, endPosition } of features) {
    hash.update(Int32Array.of(inputIds.length, contextStart, startPosition, endPosition)).update(inputIds);
  }
  return hash.digest('hex');
}

/** Throws where a run that goes on was asked for another than it was: its bits would be neither's. */
export function expectSame(checkpoint: Checkpoint, asked: Readonly<Record<string, unknown>>): void {
  const { asked: before } = checkpoint.state;
  const names = Object.keys({ ...before, ...asked });
  const other = names.filter((name) => !isDeepStrictEqual(before[name], asked[name]));
  if (other.length === 0) return;
  const changes = other.map((name) => `${name} ${plain(asked[name])} instead of ${plain(before[name])}`);
  throw new QaError(
    `Expected to go on as ${checkpoint.folder} began, got ${changes.join(', ')}; give the flags and files of the run that wrote it.`,
    'ERR_CHECKPOINT',
  );
}

function plain(value: unknown): string {
  return typeof value === 'string' ? value : JSON.stringify(value);
}

/** The command line that goes on with this run, for a shell. */
export function resumeCommand(argv: readonly string[], outputDir: string): string {
  const words = argv.map(hyphenated);
  const given = words.filter((word, index) => {
    const isFlag = /^--(resume-from-checkpoint|overwrite-output-dir)\b/.test(word);
    const isItsValue = words[index - 1] === '--resume-from-checkpoint' && !word.startsWith('-');
    return !isFlag && !isItsValue;
  });
  const folder = given.some((word) => word.startsWith('--output-dir')) ? [] : ['--output-dir', outputDir];
  const flag = given[0] === 'train' ? [...folder, '--resume-from-checkpoint'] : [];
  return ['npx qa-native', ...[...given, ...flag].map(shellWord)].join(' ');
}
