import { QaError } from '../errors.js';
import type { Handle } from '../native.js';
import { keep, noGrad, tidy } from '../scope.js';
import { Tensor, type Device } from '../tensor.js';

/** A tensor that is trained: it requires a gradient, and no `tidy` frees it. */
export class Parameter extends Tensor {
  /** Takes the tensor over, which is left disposed; what it was computed from gets no gradient of it. */
  constructor(data: Tensor) {
    super(takeLeaf(data));
    keep(this);
    this.requiresGrad_();
  }

  setZero(): void {
    noGrad(() => this.fill_(0));
  }

  /**
   * Lays a matrix out in memory column by column. Its numbers stay, but products with it are other kernels', with other
   * last bits, and its gradient lies as it does.
   */
  layByColumns(): void {
    this.#become(() => byColumns(this));
  }

  /** Lays it out row by row, as it is made. */
  layByRows(): void {
    if (!this.isContiguous) this.#become(() => this.contiguous());
  }

  /** Moves the data to a device; what holds this parameter goes on holding it. */
  moveTo(device: Device): void {
    if (this.device !== device) this.#become(() => this.toDevice(device));
  }

  /** Outside of what autograd records: a copy that it knew of would leave its gradient to the tensor it came from. */
  #become(copy: () => Tensor): void {
    this.adopt(noGrad(copy));
    this.requiresGrad_();
  }
}

/** A copy of a matrix that lies in memory column by column. */
export function byColumns(matrix: Tensor): Tensor {
  return tidy(() => matrix.transpose(0, 1).contiguous().transpose(0, 1));
}

/** A tensor's handle, as one that autograd knows no origin of: only such have gradients of their own. */
function takeLeaf(data: Tensor): Handle {
  if (!data.requiresGrad) return data.take();
  const leaf = data.detach();
  data.dispose();
  return leaf.take();
}

/**
 * The base of layers and models, as `torch.nn.Module`: parameters and child modules are its properties, in the order
 * of their assignment, and their names are those of PyTorch's `state_dict`.
 */
export abstract class Module {
  /** Whether dropout is on; set by `train()` and `eval()`. */
  training = true;

  /** Child modules by property name; a list of modules gives `name.0`, `name.1`, … */
  *namedChildren(): Generator<[string, Module]> {
    for (const [name, value] of Object.entries(this) as [string, unknown][]) {
      if (value instanceof Module) yield [name, value];
      if (!Array.isArray(value)) continue;
      for (const [index, item] of (value as unknown[]).entries()) {
        if (item instanceof Module) yield [`${name}.${index}`, item];
      }
    }
  }

  /** All parameters by `state_dict` name, in the order of `torch.nn.Module.named_parameters`; one in two places has two names. */
  *namedParameters(prefix = ''): Generator<[string, Parameter]> {
    for (const [name, value] of Object.entries(this) as [string, unknown][]) {
      if (value instanceof Parameter) yield [prefix + name, value];
    }
    for (const [name, child] of this.namedChildren()) yield* child.namedParameters(`${prefix}${name}.`);
  }

  /** The same, each once: an optimizer would update one of two names twice. */
  parameters(): Parameter[] {
    return [...new Set([...this.namedParameters()].map(([, parameter]) => parameter))];
  }

  /** Number of trained values. */
  numParameters(): number {
    return this.parameters().reduce((sum, parameter) => sum + parameter.numel, 0);
  }

  train(mode = true): this {
    this.training = mode;
    for (const [, child] of this.namedChildren()) child.train(mode);
    return this;
  }
  eval(): this {
    return this.train(false);
  }

  /** Moves every parameter to a device. */
  to(device: Device): this {
    for (const parameter of this.parameters()) parameter.moveTo(device);
    return this;
  }

  /** Forgets all gradients. */
  zeroGrad(): void {
    for (const parameter of this.parameters()) parameter.clearGrad();
  }

  /**
   * Copies named tensors into the parameters of the same name. Returns what did not meet: `missing` parameters keep
   * their values, `unexpected` tensors go nowhere. A shape that differs is an error, and so are whole numbers.
   * @param options.assign whether a parameter lies in memory as its tensor does, as where PyTorch puts the one in the
   *   other's place; otherwise it stays as it is
   */
  loadStateDict(
    state: ReadonlyMap<string, Tensor>,
    { assign = false }: { readonly assign?: boolean } = {},
  ): { missing: string[]; unexpected: string[] } {
    const own = new Map(this.namedParameters());
    noGrad(() => {
      for (const [name, parameter] of own) {
        const source = state.get(name);
        if (source === undefined) continue;
        if (source.shape.join() !== parameter.shape.join()) {
          throw new QaError(
            `Expected ${name} of shape [${parameter.shape.join(', ')}], got [${source.shape.join(', ')}]; ` +
              'use weights that belong to this configuration.',
            'ERR_STATE_SHAPE',
          );
        }
        if (!/^b?float/.test(source.dtype)) {
          throw new QaError(
            `Expected ${name} of floating-point numbers, got whole ones; use weights that are not quantized.`,
            'ERR_STATE_DTYPE',
          );
        }
        if (assign && !source.isContiguous) parameter.layByColumns();
        parameter.copy_(source);
      }
    });
    return {
      missing: [...own.keys()].filter((name) => !state.has(name)),
      unexpected: [...state.keys()].filter((name) => !own.has(name)),
    };
  }

  /** Frees every parameter; the module cannot be used afterwards. */
  dispose(): void {
    for (const parameter of this.parameters()) parameter.dispose();
  }
}
