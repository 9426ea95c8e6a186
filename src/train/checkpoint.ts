import { existsSync } from 'node:fs';
import { readFile, readdir, rm } from 'node:fs/promises';
import { basename, join } from 'node:path';
import { QaError } from '../errors.js';
import { removeTemporaries, writeJsonAtomic } from '../formats/atomic-file.js';
import { readSafetensors, writeSafetensors } from '../formats/safetensors.js';
import { removeScratch, whyDamaged, writeWholeFolder } from '../formats/whole-folder.js';
import type { BestSoFar } from './best-model.js';
import type { Moments } from './optimizer.js';
import type { SavedState, TrainingState } from './state.js';

// <output-dir>/checkpoint-<step>/: a model's folder, with the optimizer's moments (optimizer.safetensors), where the run
// stands (trainer_state.json), the log up to there, and a manifest that vouches for all.

const optimizerFile = 'optimizer.safetensors';
const stateFile = 'trainer_state.json';

/** trainer_state.json. */
export interface TrainerState extends SavedState {
  /** Whatever decides the bits of the run: one that goes on must have been asked for the same. */
  readonly asked: Readonly<Record<string, unknown>>;
  readonly total_steps: number;
  /** Sum of the losses so far, and seconds of training, for train_results.json. */
  readonly loss_sum: number;
  readonly seconds: number;
  /** Of the evaluations on the way; null where there was none. */
  readonly best: BestSoFar | null;
  /** Updates of each parameter so far, in the model's order. */
  readonly optimizer_steps: readonly number[];
}

type Progress = Pick<TrainerState, 'asked' | 'total_steps' | 'loss_sum' | 'seconds' | 'best'>;

/** What a run goes on from. */
export interface Checkpoint {
  readonly folder: string;
  readonly state: TrainerState;
}

/**
 * Writes `checkpoint-<step>` into the output folder and gives its path.
 * @param saveRest writes the model, its tokenizer and the log into the folder it is given
 */
export async function saveCheckpoint(
  outputDir: string,
  state: TrainingState,
  progress: Progress,
  saveRest: (folder: string) => Promise<void>,
): Promise<string> {
  const folder = join(outputDir, `checkpoint-${state.step}`);
  await writeWholeFolder(folder, async (scratch) => {
    const { saved, moments } = state.save();
    await saveRest(scratch);
    await writeSafetensors(join(scratch, optimizerFile), nameMoments(moments));
    const steps = moments.map((entry) => entry?.steps ?? 0);
    await writeJsonAtomic(join(scratch, stateFile), { ...saved, ...progress, optimizer_steps: steps });
  });
  return folder;
}

function nameMoments(moments: readonly (Moments | null)[]) {
  return new Map(
    moments.flatMap((entry, index) =>
      entry === null
        ? []
        : (['expAvg', 'expAvgSq'] as const).map(
            (name) => [`${index}.${name}`, { shape: [entry[name].length], data: entry[name] }] as const,
          ),
    ),
  );
}

/** Takes a checkpoint's state over; the model has its weights already. */
export async function restoreCheckpoint(
  { folder, state: saved }: Checkpoint,
  state: TrainingState,
  numFeatures: number,
): Promise<void> {
  const stored = await readSafetensors(join(folder, optimizerFile));
  const moment = (name: string) => stored.get(name)?.data as Float32Array;
  const moments = saved.optimizer_steps.map((steps, index) =>
    steps === 0 ? null : { expAvg: moment(`${index}.expAvg`), expAvgSq: moment(`${index}.expAvgSq`), steps },
  );
  state.restore(saved, moments, numFeatures);
}

/** Paths of the checkpoints in an output folder, the newest first, whether whole or not. */
export async function listCheckpoints(outputDir: string): Promise<string[]> {
  const names = await readdir(outputDir).catch(() => []);
  return names
    .flatMap((name) => {
      const step = stepOf(name);
      return step === undefined ? [] : [{ name, step }];
    })
    .sort((a, b) => b.step - a.step)
    .map(({ name }) => join(outputDir, name));
}

function stepOf(name: string): number | undefined {
  const [, digits] = /^checkpoint-(\d+)$/.exec(name) ?? [];
  return digits === undefined ? undefined : Number(digits);
}

/** The whole checkpoints, newest first; `onDamaged` hears of each that is passed over, and why. */
export async function* wholeCheckpoints(
  outputDir: string,
  onDamaged: (folder: string, why: string) => void,
): AsyncGenerator<Checkpoint> {
  for (const folder of await listCheckpoints(outputDir)) {
    const why = await whyUnusable(folder);
    if (why === undefined) yield { folder, state: await readState(folder) };
    else onDamaged(folder, why);
  }
}

/** Opens the checkpoint of one folder. Throws QaError `ERR_CHECKPOINT` where it is not whole. */
export async function openCheckpoint(folder: string): Promise<Checkpoint> {
  const why = await whyUnusable(folder);
  if (why === undefined) return { folder, state: await readState(folder) };
  throw new QaError(
    `Expected a whole checkpoint in ${folder}, but ${why}; give another one, or --resume-from-checkpoint without a folder for the newest that is whole.`,
    'ERR_CHECKPOINT',
  );
}

/** Why a folder is no whole checkpoint; undefined where it is one. */
async function whyUnusable(folder: string): Promise<string | undefined> {
  // What has a manifest may still be something else: a best model.
  const why = await whyDamaged(folder);
  return why ?? (existsSync(join(folder, stateFile)) ? undefined : `it has no ${stateFile}`);
}

async function readState(folder: string): Promise<TrainerState> {
  return JSON.parse(await readFile(join(folder, stateFile), 'utf8')) as TrainerState;
}

/**
 * Removes the checkpoints before the one just written, but the newest of them, so that `limit` are left. Newer ones are
 * damaged, or the run would have gone on from them; they are written over in time, and do not count.
 */
export async function rotateCheckpoints(outputDir: string, step: number, limit: number): Promise<void> {
  const before = (await listCheckpoints(outputDir)).filter(
    (folder) => (stepOf(basename(folder)) ?? 0) < step,
  );
  for (const folder of before.slice(limit - 1)) await rm(folder, { recursive: true, force: true });
}

/** Removes what saves that were killed left behind: of checkpoints, best models and files. */
export async function removeUnfinished(outputDir: string): Promise<void> {
  await removeScratch(outputDir, (name) => /^(checkpoint|best-model)-\d+$/.test(name));
  await removeTemporaries(outputDir);
}
