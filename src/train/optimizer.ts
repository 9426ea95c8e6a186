import { zeros } from '../create.js';
import { native } from '../native.js';
import type { Parameter } from '../nn/module.js';
import { keep, tidy } from '../scope.js';
import type { Tensor } from '../tensor.js';

export interface AdamWOptions {
  readonly betas?: readonly [number, number];
  readonly eps?: number;
  readonly weightDecay?: number;
  readonly correctBias?: boolean;
}

interface Moments {
  readonly expAvg: Tensor;
  readonly expAvgSq: Tensor;
}

/**
 * transformers' AdamW (`transformers.AdamW` 4.46.3, the notebook's optimizer), with its defaults: betas (0.9, 0.999),
 * eps 1e-6, no weight decay. Not torch's: eps is added to sqrt(v) before the bias correction. Loshchilov and Hutter,
 * arXiv:1711.05101.
 */
export class AdamW {
  /** Updates done so far. */
  steps = 0;
  readonly #moments = new Map<Parameter, Moments>();
  readonly #options: Required<AdamWOptions>;

  constructor(
    private readonly parameters: readonly Parameter[],
    options: AdamWOptions = {},
  ) {
    this.#options = { betas: [0.9, 0.999], eps: 1e-6, weightDecay: 0, correctBias: true, ...options };
  }

  /** Updates every parameter that has a gradient, at the learning rate `lr`. */
  step(lr: number): void {
    this.steps += 1;
    tidy(() => {
      const updates = this.parameters.flatMap((parameter) => {
        const grad = parameter.grad;
        return grad === null ? [] : [{ parameter, grad, ...this.#momentsOf(parameter) }];
      });
      const { betas, eps, weightDecay, correctBias } = this.#options;
      native.adamW(
        updates.map(({ parameter }) => parameter.handle),
        updates.map(({ grad }) => grad.handle),
        updates.map(({ expAvg }) => expAvg.handle),
        updates.map(({ expAvgSq }) => expAvgSq.handle),
        this.steps,
        lr,
        ...betas,
        eps,
        weightDecay,
        correctBias,
      );
    });
  }

  /** Frees the moments. */
  dispose(): void {
    for (const { expAvg, expAvgSq } of this.#moments.values()) {
      expAvg.dispose();
      expAvgSq.dispose();
    }
    this.#moments.clear();
  }

  #momentsOf(parameter: Parameter): Moments {
    const known = this.#moments.get(parameter);
    if (known !== undefined) return known;
    const like = () => keep(zeros(parameter.shape, { device: parameter.device }));
    const moments = { expAvg: like(), expAvgSq: like() };
    this.#moments.set(parameter, moments);
    return moments;
  }
}
