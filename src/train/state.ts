import { tensor } from '../create.js';
import type { ReaderModel } from '../models/reader-model.js';
import { exactKernels } from '../nn/kernels.js';
import type { Parameter } from '../nn/module.js';
import { getRngState, randomPermutation, setRngState } from '../random.js';
import { tidy } from '../scope.js';
import type { Device } from '../tensor.js';
import { parametersWithoutDecay } from './no-decay.js';
import { AdamW, type Moments } from './optimizer.js';
import type { TrainingOptions } from './options.js';

/** What a state is on disk, beside the optimizer's moments: plain JSON. */
export interface SavedState {
  readonly global_step: number;
  /** Base64 of the generators' states, by device: the CPU's, and the GPU's where training runs there. */
  readonly rng: Readonly<Record<Device, string>>;
  /** The CPU generator's before the running epoch's order was drawn, from which it is drawn again. */
  readonly epoch_rng: string;
  /**
   * Places in the model of the parameters that lie in memory column by column, as in the file that the run began with:
   * the bits depend on it. Left out where there are none.
   */
  readonly by_columns?: readonly number[];
}

/** All that a run is between two steps, beside the model's weights. */
export class TrainingState {
  /** Steps done. */
  step = 0;
  /** The features of the running epoch in their order, by index. */
  order: Int32Array = new Int32Array();
  readonly optimizer: AdamW;
  readonly #parameters: readonly Parameter[];
  readonly #devices: readonly Device[];
  #epochRng = '';

  /** Moves the model to the device. */
  constructor(
    model: ReaderModel,
    {
      device,
      weightDecay = 0,
      kernels = exactKernels,
    }: Pick<TrainingOptions, 'device' | 'weightDecay' | 'kernels'>,
  ) {
    const noDecay = parametersWithoutDecay(model);
    this.#parameters = model.to(device).parameters();
    // How a file had them decides Python's bits. The fast kernels have others, and read and write rows.
    if (kernels.fast) for (const parameter of this.#parameters) parameter.layByRows();
    this.optimizer = new AdamW(this.#parameters, { weightDecay, noDecay });
    this.#devices = device === 'cpu' ? ['cpu'] : ['cpu', device];
  }

  /** Draws the order of a new epoch. */
  beginEpoch(numFeatures: number): void {
    this.#epochRng = readRng('cpu');
    this.order = randomPermutation(numFeatures);
  }

  save(): { saved: SavedState; moments: ReturnType<AdamW['moments']> } {
    const rng = Object.fromEntries(this.#devices.map((device) => [device, readRng(device)]));
    const columns = this.#parameters.flatMap(({ isContiguous }, index) => (isContiguous ? [] : [index]));
    const layout = columns.length > 0 ? { by_columns: columns } : {};
    const saved = { global_step: this.step, rng, epoch_rng: this.#epochRng, ...layout };
    return { saved, moments: this.optimizer.moments() };
  }

  /** Goes back to a state that `save` gave; the generators are then those of that moment. */
  restore(saved: SavedState, moments: readonly (Moments | null)[], numFeatures: number): void {
    this.step = saved.global_step;
    for (const index of saved.by_columns ?? []) this.#parameters[index]?.layByColumns();
    this.optimizer.loadMoments(moments);
    if (saved.epoch_rng !== '') {
      writeRng('cpu', saved.epoch_rng);
      this.beginEpoch(numFeatures);
    }
    for (const [device, state] of Object.entries(saved.rng)) writeRng(device, state);
  }

  /** Frees the optimizer's moments. */
  dispose(): void {
    this.optimizer.dispose();
  }
}

function readRng(device: Device): string {
  return tidy(() => Buffer.from(getRngState(device).toArray() as Uint8Array).toString('base64'));
}

function writeRng(device: Device, state: string): void {
  tidy(() => {
    setRngState(tensor(Uint8Array.from(Buffer.from(state, 'base64'))), device);
  });
}
