import { tensor, zerosLike } from '../create.js';
import { QaError, UsageError } from '../errors.js';
import { native } from '../native.js';
import type { Parameter } from '../nn/module.js';
import { keep, tidy } from '../scope.js';
import { Tensor } from '../tensor.js';

/** What does not change from step to step. */
export interface AdamWOptions {
  /** Decay of the moving averages of the gradient and of its square. 0.9 and 0.999. */
  readonly betas?: readonly [number, number];
  /** Added to the root of the second average, 0 or more. 1e-6. */
  readonly eps?: number;
  /** Part of a parameter, times the learning rate, that is taken off after its update. 0. */
  readonly weightDecay?: number;
  /** Parameters that weight decay leaves alone. */
  readonly noDecay?: ReadonlySet<Parameter>;
  /** Whether the averages, which begin at 0, are corrected for it. True. */
  readonly correctBias?: boolean;
}

/** What the optimizer remembers of one parameter: numbers in row-major order. */
export interface Moments {
  readonly expAvg: Float32Array;
  readonly expAvgSq: Float32Array;
  readonly steps: number;
}

/** What may be another with each step: see `AdamW.step`. */
export interface StepOptions {
  readonly fused?: boolean;
  readonly gradients?: readonly (Tensor | null)[];
  readonly gradScale?: number;
  readonly skip?: Tensor;
}

interface State {
  readonly expAvg: Tensor;
  readonly expAvgSq: Tensor;
  /** Updates of this parameter so far: one without a gradient is passed over, and its count stands still. */
  steps: number;
  /** bool [rows]: those that a gradient ever touched, as long as all are sparse. */
  touched: Tensor | null;
}

/** Has `touched` there for an update by rows, and gone before one that goes over all. */
function noteRows(state: State, isByRows: boolean): void {
  if (isByRows) {
    const { expAvg, expAvgSq } = state;
    state.touched ??= keep(new Tensor(native.touchedRows(expAvg.handle, expAvgSq.handle)));
  } else {
    state.touched?.dispose();
    state.touched = null;
  }
}

interface Update extends State {
  readonly parameter: Parameter;
  readonly grad: Tensor;
}

/**
 * transformers' AdamW (`transformers.AdamW` 4.46.3, the notebook's optimizer), with its defaults: betas (0.9, 0.999),
 * eps 1e-6, no weight decay. Not torch's: eps is added to sqrt(v) before the bias correction. Loshchilov and Hutter,
 * arXiv:1711.05101.
 */
export class AdamW {
  readonly #states = new Map<Parameter, State>();
  readonly #options: Required<AdamWOptions>;

  constructor(
    private readonly parameters: readonly Parameter[],
    options: AdamWOptions = {},
  ) {
    const defaults = { eps: 1e-6, weightDecay: 0, noDecay: new Set<Parameter>(), correctBias: true };
    this.#options = { betas: [0.9, 0.999], ...defaults, ...options };
    const { betas, eps } = this.#options;
    if (!betas.every((beta) => beta >= 0 && beta < 1)) {
      throw new UsageError(`Expected \`betas\` from 0 to below 1, got ${betas.join(' and ')}.`);
    }
    if (!(eps >= 0)) throw new UsageError(`Expected an \`eps\` of 0 or more, got ${eps}.`);
  }

  /**
   * Updates every parameter that has a gradient, at the learning rate `lr`, 0 or more.
   * @param options.fused in one pass over memory, which differs from Python's in the last bits
   * @param options.gradients a parameter each, in their order, in place of the parameters' own
   * @param options.gradScale what gradients are multiplied by first. 1.
   * @param options.skip float32 scalar where the parameters are: 1 where nothing is to change, else 0
   */
  step(lr: number, { fused = false, gradients, gradScale = 1, skip }: StepOptions = {}): void {
    if (!(lr >= 0)) throw new UsageError(`Expected a learning rate of 0 or more, got ${lr}.`);
    const count = this.parameters.length;
    if (gradients !== undefined && gradients.length !== count) {
      throw new QaError(
        `Expected ${count} gradients, for so many parameters there are, got ${gradients.length}; give null for one that has none.`,
      );
    }
    tidy(() => {
      const updates = this.parameters.flatMap((parameter, index) => {
        const grad = gradients === undefined ? parameter.grad : gradients[index];
        if (grad === null || grad === undefined) return [];
        const state = this.#stateOf(parameter);
        state.steps += 1;
        noteRows(state, fused && grad.isSparse && parameter.isContiguous);
        return [{ parameter, grad, ...state }];
      });
      const { weightDecay, noDecay } = this.#options;
      const decays = ({ parameter }: Update) => weightDecay > 0 && !noDecay.has(parameter);
      const update = (some: readonly Update[], decay: number) => {
        this.#update(some, lr, decay, gradScale, fused, skip);
      };
      update(updates.filter(decays), weightDecay);
      update(
        updates.filter((update) => !decays(update)),
        0,
      );
    });
  }

  #update(
    updates: readonly Update[],
    lr: number,
    weightDecay: number,
    gradScale: number,
    fused: boolean,
    skip: Tensor | undefined,
  ): void {
    const { betas, eps, correctBias } = this.#options;
    native.adamW(
      updates.map(({ parameter }) => parameter.handle),
      updates.map(({ grad }) => grad.handle),
      updates.map(({ expAvg }) => expAvg.handle),
      updates.map(({ expAvgSq }) => expAvgSq.handle),
      updates.map(({ touched }) => touched?.handle ?? null),
      updates.map(({ steps }) => steps),
      lr,
      ...betas,
      eps,
      weightDecay,
      correctBias,
      gradScale,
      fused,
      skip?.handle ?? null,
    );
  }

  /** The moments by parameter, in their order; null where one was never updated. */
  moments(): (Moments | null)[] {
    return this.parameters.map((parameter) => {
      const state = this.#states.get(parameter);
      if (state === undefined) return null;
      const { expAvg, expAvgSq, steps } = state;
      return { expAvg: expAvg.toFloat32Array(), expAvgSq: expAvgSq.toFloat32Array(), steps };
    });
  }

  /** Puts back what `moments` gave for the same parameters. */
  loadMoments(moments: readonly (Moments | null)[]): void {
    this.dispose();
    this.parameters.forEach((parameter, index) => {
      const saved = moments[index];
      if (saved === null || saved === undefined) return;
      const load = (data: Float32Array) =>
        tidy(() => keep(zerosLike(parameter)).copy_(tensor(data, parameter.shape)));
      const [expAvg, expAvgSq] = [load(saved.expAvg), load(saved.expAvgSq)];
      this.#states.set(parameter, { expAvg, expAvgSq, steps: saved.steps, touched: null });
    });
  }

  /** Frees the moments. */
  dispose(): void {
    for (const { expAvg, expAvgSq, touched } of this.#states.values()) {
      for (const tensor of [expAvg, expAvgSq, touched]) tensor?.dispose();
    }
    this.#states.clear();
  }

  #stateOf(parameter: Parameter): State {
    const known = this.#states.get(parameter);
    if (known !== undefined) return known;
    const like = () => keep(zerosLike(parameter));
    const state = { expAvg: like(), expAvgSq: like(), steps: 0, touched: null };
    this.#states.set(parameter, state);
    return state;
  }
}
