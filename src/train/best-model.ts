import { cp, readdir, rm } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import { tensor } from '../create.js';
import { QaError } from '../errors.js';
import { readSafetensors } from '../formats/safetensors.js';
import { manifestName, whyDamaged, writeWholeFolder } from '../formats/whole-folder.js';
import type { ReaderModel } from '../models/reader-model.js';
import { tidy } from '../scope.js';

/** The best evaluation of a run so far: plain JSON, a part of every checkpoint. */
export interface BestSoFar {
  readonly step: number;
  readonly metric: number;
  /** Evaluations since then, none of which was better. */
  readonly evaluationsSince: number;
}

/** The best of a run's models, kept whole in <output-dir>/best-model-<step>/. */
export class BestModel {
  constructor(
    private readonly outputDir: string,
    /** Null before the first evaluation. */
    public best: BestSoFar | null,
  ) {}

  /**
   * Takes an evaluation in. The model of one that is better than all before takes the kept one's place.
   * @param save writes the model into the folder it is given
   */
  async add(step: number, metric: number, save: (folder: string) => Promise<void>): Promise<void> {
    if (this.best !== null && metric <= this.best.metric) {
      this.best = { ...this.best, evaluationsSince: this.best.evaluationsSince + 1 };
      return;
    }
    const folder = this.#folder(step);
    await writeWholeFolder(folder, save);
    this.best = { step, metric, evaluationsSince: 0 };
    for (const other of await listBestModels(this.outputDir)) {
      if (other !== folder) await rm(other, { recursive: true, force: true });
    }
  }

  /** Brings the kept model along from the output folder that the run had before; what is not whole there stays there. */
  async bringFrom(before: string): Promise<void> {
    if (this.best === null || resolve(before) === resolve(this.outputDir)) return;
    const kept = folderOf(before, this.best.step);
    if ((await whyDamaged(kept)) !== undefined) return;
    await writeWholeFolder(this.#folder(this.best.step), async (scratch) => {
      await cp(kept, scratch, { recursive: true, filter: (path) => !path.endsWith(manifestName) });
    });
  }

  /** Puts the kept weights into the model. Throws QaError `ERR_CHECKPOINT` where they are no longer whole. */
  async load(model: ReaderModel): Promise<void> {
    if (this.best === null) return;
    const folder = this.#folder(this.best.step);
    const why = await whyDamaged(folder);
    if (why !== undefined) {
      throw new QaError(
        `Expected the best model in ${folder}, but ${why}; the last model is in ${this.outputDir}.`,
        'ERR_CHECKPOINT',
      );
    }
    const stored = await readSafetensors(join(folder, 'model.safetensors'));
    tidy(() => {
      model.loadStateDict(new Map([...stored].map(([name, { shape, data }]) => [name, tensor(data, shape)])));
    });
  }

  #folder(step: number): string {
    return folderOf(this.outputDir, step);
  }
}

/**
 * Why a run cannot go on with the best model that a checkpoint names; undefined where it can. One whose place a better
 * one took before the run was ended is not lost: it would lose it again, as evaluations repeat themselves.
 */
export async function whyBestIsLost(outputDir: string, { step }: BestSoFar): Promise<string | undefined> {
  const folder = folderOf(outputDir, step);
  const why = await whyDamaged(folder);
  if (why === undefined) return undefined;
  const isReplaced = (await listBestModels(outputDir)).some((other) => stepOf(other) > step);
  return isReplaced ? undefined : `its best model in ${folder} is not whole (${why})`;
}

function folderOf(outputDir: string, step: number): string {
  return join(outputDir, `best-model-${step}`);
}

function stepOf(folder: string): number {
  return Number(/\d+$/.exec(folder)?.[0]);
}

/** Paths of the best models that are in an output folder. */
export async function listBestModels(outputDir: string): Promise<string[]> {
  const names = await readdir(outputDir).catch(() => []);
  return names.filter((name) => /^best-model-\d+$/.test(name)).map((name) => join(outputDir, name));
}
